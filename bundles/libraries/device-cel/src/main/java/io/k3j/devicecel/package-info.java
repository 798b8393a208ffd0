/// CEL in dynamic resource allocation: selectors of devices. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#device-selectors>.
///
/// ```
///   DeviceExpressions ─► compile    once for each expression and engine
///                     ─► matches    for each device that is looked at
/// ```
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.devicecel;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
