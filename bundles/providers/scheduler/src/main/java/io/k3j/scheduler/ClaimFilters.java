package io.k3j.scheduler;

import io.k3j.deviceallocation.ClaimedDevices;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the claims of one pod were found to be, for volumes and for devices.
///
/// @param volumes null when it has none
/// @param devices null when it has none
/// @param extended what it has as devices where a node does not offer it
record ClaimFilters(@Nullable VolumeFilter volumes, @Nullable DeviceFilter devices, ExtendedDemand extended) {
    /// Of a pod without claims it costs no more than to see that.
    static ClaimFilters of(SchedulerProfile profile, PodInfo pod, Snapshot snapshot, Timing timing) {
        boolean asked = profile.filters(DeviceFilter.NAME);
        ExtendedDemand extended = ExtendedDemand.of(pod, asked ? snapshot.devices() : ClaimedDevices.NONE);
        return new ClaimFilters(profile.filters(VolumeFilter.NAME) ? volumes(pod, snapshot, timing) : null,
                asked ? devices(pod, snapshot, extended, timing) : null, extended);
    }

    private static @Nullable VolumeFilter volumes(PodInfo pod, Snapshot snapshot, Timing timing) {
        Instant begun = timing.now();
        @Nullable
        VolumeFilter volumes = VolumeFilter.of(pod, snapshot.volumes());
        @Nullable
        Rejection no = volumes == null ? null : volumes.rejectionForAll();
        timing.plugin(VolumeFilter.NAME, Timing.PRE_FILTER, status(no, volumes == null), begun);
        return volumes;
    }

    private static @Nullable DeviceFilter devices(PodInfo pod, Snapshot snapshot, ExtendedDemand extended,
            Timing timing) {
        Instant begun = timing.now();
        @Nullable
        DeviceFilter devices = DeviceFilter.of(pod, snapshot.devices(), extended);
        @Nullable
        Rejection no = devices == null ? null : devices.rejectionForAll();
        timing.plugin(DeviceFilter.NAME, Timing.PRE_FILTER, status(no, devices == null), begun);
        return devices;
    }

    private static String status(@Nullable Rejection no, boolean none) {
        return no != null ? no.status() : none ? Timing.SKIP : Timing.SUCCESS;
    }

    /// Why no node is feasible, null when some may be.
    @Nullable
    Rejection rejectionForAll() {
        @Nullable
        Rejection no = volumes == null ? null : volumes.rejectionForAll();
        return no != null || devices == null ? no : devices.rejectionForAll();
    }
}
