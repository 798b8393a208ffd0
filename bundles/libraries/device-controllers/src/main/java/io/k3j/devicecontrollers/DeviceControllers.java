package io.k3j.devicecontrollers;

import io.k3j.controllerkit.ControllerContext;

/// The controllers of claims of devices.
public final class DeviceControllers {
    private DeviceControllers() {
    }

    /// Adds the loops of ResourceClaims and of taints of devices, by upstream's names and service accounts. They begin
    /// with the context, and end with it. Does not block.
    public static void add(ControllerContext context) {
        PodResourceClaims.add(context);
        ResourceClaims.add(context);
        DeviceTaintEviction.add(context);
    }
}
