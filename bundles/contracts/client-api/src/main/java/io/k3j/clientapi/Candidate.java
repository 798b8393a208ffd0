package io.k3j.clientapi;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// A part of this server that runs on one server of a cluster at a time: while it is there, this server takes part in
/// the election about its lease.
///
/// **Who.** Registered as a service by the bundle that has the part, called by `leases`.
///
/// **How many.** One for each such bundle; several may name the same lease. It lives as long as the part could run,
/// whether or not it does.
///
/// **Guarantees.** The part runs under the condition `io.k3j.leader.<lease>` and writes with a client of
/// [ApiClient#leading]. When the last candidate for a lease has gone and none came back before the lease is over,
/// another server takes it. It is asked for its lease once, when it comes.
///
/// **Threads.** That of who registers it.
///
/// **Failure.** A lease that is none of [#LEASES] is not stood for.
@ConsumerType
public interface Candidate {
    /// Controllers.
    String CONTROLLERS = "kube-controller-manager";
    /// The scheduler.
    String SCHEDULER = "kube-scheduler";
    /// Whatever else runs once in a cluster: every server stands for it, without a candidate.
    String SERVER = "k3s";
    /// The cloud controller.
    String CLOUD = "k3s-cloud-controller-manager";

    /// All of them; of those that a server stands for, it takes the others only after the first.
    List<String> LEASES = List.of(CONTROLLERS, SCHEDULER, SERVER, CLOUD);

    /// The lease's name, in the namespace `kube-system`.
    String lease();
}
