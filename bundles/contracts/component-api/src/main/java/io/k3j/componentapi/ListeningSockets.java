package io.k3j.componentapi;

import java.nio.channels.ServerSocketChannel;
import org.osgi.annotation.versioning.ProviderType;

/// Lends the bound server sockets of this process. The launcher binds them before any bundle starts and
/// closes them when the process ends, so that a swap of `edge` refuses no connection.
///
/// **Who.** The launcher implements it; only `edge` uses it.
@ProviderType
public interface ListeningSockets {
    /// The API server's and supervisor's port (`--bind-address`, `--https-listen-port`).
    String SERVER = "server";
    /// A further port of the same endpoints, for who joins (`--supervisor-port`).
    String SUPERVISOR = "supervisor";
    /// A further port of the same endpoints, on an address of its own (`--apiserver-bind-address`, `--apiserver-port`).
    String API = "kube-apiserver";
    /// The server's port on 127.0.0.1, where `--bind-address` names another address: what runs on the machine looks for
    /// it there.
    String LOOPBACK = "loopback";
    /// The same on ::1.
    String LOOPBACK_IPV6 = "loopback-ipv6";
    /// The kubelet's port, 10250.
    String KUBELET = "kubelet";
    /// The scheduler's port, 10259.
    String SCHEDULER = "kube-scheduler";
    /// The port of the controllers, 10257.
    String CONTROLLERS = "kube-controller-manager";

    /// The bound channel with that name, in non-blocking mode. The borrower accepts from it and never
    /// closes it; two may accept from it at once, each connection goes to one of them.
    /// @throws IllegalArgumentException when this process does not listen under that name
    ServerSocketChannel lend(String port);

    /// Whether this process listens under that name.
    boolean has(String port);
}
