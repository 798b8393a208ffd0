/// A CSI driver for tests: the services `csi.v1.Node`, `csi.v1.Identity` and `pluginregistration.Registration` by
/// gRPC's own server on a unix socket. Messages are read and made by the released `.proto` files, so that field numbers
/// of the product are compared with them.
@NullMarked
package io.k3j.testkitcsi;

import org.jspecify.annotations.NullMarked;
