"""Sensors: what a watch sees and decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FailWatchConfigEntry, PrinterCoordinator
from .engine.judging.verdict import Level
from .engine.watch.state import Look, Phase, present_look
from .entity import PrinterEntity, add_for_printers
from .shared.attributes import failure_attributes, watch_attributes
from .shared.deadband import Value, Written, is_near

PARALLEL_UPDATES = 0
SCAN_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class FailWatchSensorEntityDescription(SensorEntityDescription):
    """A sensor and where its value comes from.

    A value that moved by less than `deadband` is not written, to spare the recorder.
    """

    value_fn: Callable[[PrinterCoordinator], Value]
    attributes_fn: Callable[[PrinterCoordinator], Mapping[str, Any]] | None = None
    deadband: float = 0.0


def _last[T](value: Callable[[Look], T]) -> Callable[[PrinterCoordinator], T | None]:
    """Return what takes a value from the last look, whenever that was: a count, a time."""

    def of_printer(printer: PrinterCoordinator) -> T | None:
        return value(printer.data.look) if printer.data.look else None

    return of_printer


def _now[T](value: Callable[[Look], T]) -> Callable[[PrinterCoordinator], T | None]:
    """Return what takes a value from the last look while it tells how the print looks."""

    def of_printer(printer: PrinterCoordinator) -> T | None:
        look = present_look(printer.data)
        return value(look) if look else None

    return of_printer


def _watch_state(printer: PrinterCoordinator) -> str | None:
    """Return what the watch does, None while it is not known yet whether its print still runs."""
    if printer.is_blind:
        return Phase.BLIND.value
    return None if printer.is_unsure else printer.data.phase.value


SENSORS: tuple[FailWatchSensorEntityDescription, ...] = (
    FailWatchSensorEntityDescription(
        key="failure_state",
        device_class=SensorDeviceClass.ENUM,
        options=[level.value for level in Level],
        value_fn=lambda printer: printer.known_level and printer.known_level.value,
        attributes_fn=failure_attributes,
    ),
    FailWatchSensorEntityDescription(
        key="watch_state",
        device_class=SensorDeviceClass.ENUM,
        options=[phase.value for phase in Phase],
        value_fn=_watch_state,
        attributes_fn=watch_attributes,
    ),
    FailWatchSensorEntityDescription(
        key="p",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value_fn=_now(lambda look: look.p),
        deadband=0.05,
    ),
    FailWatchSensorEntityDescription(
        key="ewm_mean",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value_fn=_now(lambda look: look.statistics.ewm_mean),
        deadband=0.02,
    ),
    FailWatchSensorEntityDescription(
        key="score",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        # How far the recent mean stands above what the rules in force hold for usual.
        value_fn=_now(lambda look: look.verdict.score),
        deadband=0.02,
    ),
    FailWatchSensorEntityDescription(
        key="rolling_mean_short",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=3,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_now(lambda look: look.statistics.rolling_mean_short),
        deadband=0.005,
    ),
    FailWatchSensorEntityDescription(
        key="rolling_mean_long",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=3,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_last(lambda look: look.statistics.rolling_mean_long),
        deadband=0.005,
    ),
    FailWatchSensorEntityDescription(
        key="prediction_num",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_last(lambda look: look.statistics.prediction_num),
        deadband=6,
    ),
    FailWatchSensorEntityDescription(
        key="prediction_num_lifetime",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=_last(lambda look: look.statistics.prediction_num_lifetime),
        deadband=30,
    ),
    FailWatchSensorEntityDescription(
        key="last_look",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        # Every change of it is a line in the activity of the printer.
        entity_registry_enabled_default=False,
        value_fn=lambda printer: printer.local_time(printer.data.look.at) if printer.data.look else None,
        deadband=60,
    ),
    FailWatchSensorEntityDescription(
        key="latency",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=_now(lambda look: look.latency),
        deadband=0.1,
    ),
    FailWatchSensorEntityDescription(
        key="calls_in_month",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda printer: printer.data.calls.in_month,
        deadband=30,
    ),
)


LEARNED = SensorEntityDescription(
    key="pictures_learned_from",
    state_class=SensorStateClass.MEASUREMENT,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FailWatchConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of an entry's printers."""
    add_for_printers(
        entry,
        async_add_entities,
        lambda printer: (FailWatchSensor(printer, description) for description in SENSORS),
    )
    add_for_printers(
        entry,
        async_add_entities,
        lambda printer: () if printer.learned_frames is None else (LearnedSensor(printer),),
    )


class FailWatchSensor(PrinterEntity, SensorEntity):
    """One value of a watch."""

    entity_description: FailWatchSensorEntityDescription
    _unrecorded_attributes = frozenset(
        {
            "score",
            "usual",
            "limit",
            "margin",
            "p",
            "ewm_mean",
            "since",
            "checked",
            "blind_detail",
            "snoozed_until",
            "coming_action_at",
        }
    )

    def __init__(
        self, coordinator: PrinterCoordinator, description: FailWatchSensorEntityDescription
    ) -> None:
        """Show the present value."""
        super().__init__(coordinator, description)
        self._written: Written | None = None
        self._update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the value if it moved enough to be worth a row in the recorder."""
        self._update()
        state = self.coordinator.data
        attributes = self.extra_state_attributes or {}
        now = Written(
            value=self._attr_native_value,
            at=state.look.at if state.look else 0.0,
            standing=(
                self.available,
                state.level,
                state.print_id,
                # As the watch tells them: by this machine's clock they differ a little with each message.
                state.snoozed_until,
                state.intervention.countdown,
                *(value for key, value in attributes.items() if key not in self._unrecorded_attributes),
            ),
        )
        if self._written is None or not is_near(self._written, now, self.entity_description.deadband):
            self._written = now
            self.async_write_ha_state()

    def _update(self) -> None:
        description = self.entity_description
        self._attr_native_value = description.value_fn(self.coordinator)
        if description.attributes_fn is not None:
            self._attr_extra_state_attributes = dict(description.attributes_fn(self.coordinator))


class LearnedSensor(PrinterEntity, SensorEntity):
    """From how many good pictures the detector has learned what is usual for the camera."""

    def __init__(self, coordinator: PrinterCoordinator) -> None:
        """Show what the detector says, once asked."""
        super().__init__(coordinator, LEARNED)

    @property
    @override
    def should_poll(self) -> bool:
        """Ask now and then: looks come far more often than the number is of interest."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Begin with what is known from before."""
        await super().async_added_to_hass()
        await self.async_update()

    @override
    async def async_update(self) -> None:
        """Ask the detector."""
        await self.coordinator.async_refresh_baseline()
        self._attr_native_value = self.coordinator.learned_frames

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show at once that everything was forgotten."""
        if self._attr_native_value != self.coordinator.learned_frames:
            self._attr_native_value = self.coordinator.learned_frames
            self.async_write_ha_state()
