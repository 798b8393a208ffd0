package io.k3j.deviceallocation;

import io.k3j.model.Struct;

/// Which device it is, in the whole cluster. Immutable.
public record DeviceId(String driver, String pool, String device) {
    /// That of an element of `status.allocation.devices.results`.
    public static DeviceId of(Struct result) {
        return new DeviceId(result.text("driver"), result.text("pool"), result.text("device"));
    }

    @Override
    public String toString() {
        return driver + "/" + pool + "/" + device;
    }
}
