/// CSI drivers and device plug-ins for tests, by gRPC's own server and client on unix sockets. `CsiDriver` lives in
/// the test and answers as it is told, as `DevicePlugin` does; `KubeletClient` asks a kubelet's sockets;
/// `HostPathDriver` is a program whose volumes pods can use, with `Registrar` and `CsiClient` for what sidecars do
/// beside a driver. Messages are read and made by the released `.proto` files, so that field numbers of the product
/// are compared with them.
@NullMarked
package io.k3j.testkitcsi;

import org.jspecify.annotations.NullMarked;
