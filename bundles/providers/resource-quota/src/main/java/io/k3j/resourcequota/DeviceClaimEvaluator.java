package io.k3j.resourcequota;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;
import java.time.Instant;

/// What ResourceClaims use: themselves, and the devices they may be given at most, by device class, under both names
/// that a class has in quotas. Of a pod that asks for devices by the name of an extended resource they are counted when
/// its claim is made, not before.
record DeviceClaimEvaluator() implements Evaluator {
    private static final String COUNT = "count/resourceclaims.resource.k8s.io";
    private static final String DEVICES = ".deviceclass.resource.k8s.io/devices";
    /// Before the name of a class: the extended resource that each class stands for, as quotas name it.
    private static final String RESOURCE = "requests.deviceclass.resource.kubernetes.io/";
    /// So many devices a claim is given at most (`AllocationResultsMaxSize`).
    private static final long MOST_DEVICES = 32;

    @Override
    public boolean counts(String name) {
        return name.equals(COUNT) || name.endsWith(DEVICES) || name.startsWith(RESOURCE);
    }

    @Override
    public ResourceList usage(Struct claim, Instant now) {
        ResourceList used = ResourceList.of(COUNT, Quantity.of(1));
        for (Struct request : claim.struct("spec").struct("devices").seq("requests").structs()) {
            used = used.plus(request.has("exactly") ? devices(request.struct("exactly")) : anyOf(request));
        }
        return used;
    }

    /// Of alternatives the most that one of them takes, for each class.
    private static ResourceList anyOf(Struct request) {
        ResourceList most = ResourceList.EMPTY;
        for (Struct alternative : request.seq("firstAvailable").structs()) {
            most = most.larger(devices(alternative));
        }
        return most;
    }

    private static ResourceList devices(Struct request) {
        long number = request.text("allocationMode").equals("All") ? MOST_DEVICES : request.whole("count", 1);
        String deviceClass = request.text("deviceClassName");
        return ResourceList.of(deviceClass + DEVICES, Quantity.of(number))
                .plus(ResourceList.of(RESOURCE + deviceClass, Quantity.of(number)));
    }
}
