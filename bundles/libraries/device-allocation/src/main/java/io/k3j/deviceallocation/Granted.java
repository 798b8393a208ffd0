package io.k3j.deviceallocation;

import io.k3j.apimachinery.Quantity;
import java.util.Map;

/// A device that a search has taken for a request. Immutable.
///
/// @param part of each capacity of a device that several have, by the device's own names
/// @param fresh whether nobody had it before
record Granted(DeviceRequest request, OfferedDevice device, Map<String, Quantity> part, boolean fresh) {
}
