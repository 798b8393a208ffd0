package io.k3j.deviceallocation;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Lookup of ResourceClaims, and of what drivers offer.
public interface ClaimedDevices {
    /// There are none.
    ClaimedDevices NONE = new ClaimedDevices() {
        private final DevicePools pools = DevicePools.of(List.of());

        @Override
        public Optional<Obj> claim(Key key) {
            return Optional.empty();
        }

        @Override
        public List<Obj> allocated() {
            return List.of();
        }

        @Override
        public DevicePools pools() {
            return pools;
        }

        @Override
        public Optional<Obj> deviceClass(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Obj> classOf(String resource) {
            return Optional.empty();
        }

        @Override
        public List<Obj> made(String pod) {
            return List.of();
        }

        @Override
        public @Nullable DeviceSelectors selectors() {
            return null;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    };

    /// A claim.
    Optional<Obj> claim(Key key);

    /// All claims that have devices, or are about to.
    List<Obj> allocated();

    /// What all ResourceSlices offer; made anew when one has changed.
    DevicePools pools();

    /// A DeviceClass.
    Optional<Obj> deviceClass(String name);

    /// The DeviceClass that stands for an extended resource ([ExtendedResources]).
    Optional<Obj> classOf(String resource);

    /// Claims that say they were made for the extended resources of a pod, by its uid.
    List<Obj> made(String pod);

    /// What evaluates selectors, null while there is none.
    @Nullable
    DeviceSelectors selectors();

    /// The time of day.
    Instant now();
}
