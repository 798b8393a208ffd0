package io.k3j.scheduler;

import io.k3j.deviceallocation.AssumedDevices;
import io.k3j.deviceallocation.ExtendedResources;
import io.k3j.model.Obj;
import io.k3j.schedulingqueue.QueueEvents;
import io.k3j.schedulingqueue.SchedulingQueue;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What changes of claims, slices and classes mean for pods that wait for devices: upstream's queueing hints of
/// `DynamicResources`. Called on the views' threads.
record DeviceEvents(SchedulingQueue queue, AssumedDevices devices) {
    private static final Set<String> DEVICES = Set.of(DeviceFilter.NAME);
    private static final Set<String> ROOM = Set.of(NodeFilters.FIT);
    private static final String ALLOCATION = "allocation";

    /// Follows the views.
    void listen() {
        devices.claims().listen(this::claim);
        devices.offered().listen((before, after) -> {
            if (after != null && (before == null || !before.spec().equals(after.spec()))) {
                queue.changed(QueueEvents.of("resource.k8s.io/ResourceSlice", before, after), DEVICES);
            }
        });
        devices.classes().listen((before, after) -> {
            if (after != null && (before == null || !before.spec().equals(after.spec()))) {
                String event = QueueEvents.of("resource.k8s.io/DeviceClass", before, after);
                queue.changed(event, DEVICES);
                List<String> resources = ExtendedResources.of(after);
                queue.changed(event, ROOM,
                        waiting -> resources.stream().anyMatch(waiting.requests().others()::containsKey));
            }
        });
    }

    /// Devices that a claim gives back may be anybody's; else it helps those whose claim it is.
    private void claim(@Nullable Obj before, @Nullable Obj after) {
        if (after == null && before != null) {
            devices.gone(before);
        }
        Obj now = after != null ? after : before;
        if (now == null) {
            return;
        }
        String event = QueueEvents.of("resource.k8s.io/ResourceClaim", before, after);
        boolean freed = before != null && before.status().has(ALLOCATION)
                && (after == null || !after.status().has(ALLOCATION));
        if (freed) {
            queue.changed(event, DEVICES);
        } else if (after != null && (before == null || !Objects.equals(before.status(), after.status()))) {
            queue.changed(event, DEVICES, waiting -> DeviceFilter.uses(waiting, now));
        }
    }
}
