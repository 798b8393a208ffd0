package io.k3j.apiserver;

import io.k3j.apiaccess.Access;
import io.k3j.apiserverapi.Caller;
import io.k3j.flowcontrol.RequestDigest;
import io.k3j.flowcontrol.RequestLimits;
import io.k3j.model.Gvr;
import java.util.List;
import java.util.function.Supplier;

/// The seats in which a component of this process works.
final class LocalSeats {
    private static final String ACCOUNT = "system:serviceaccount:";
    private final RequestLimits limits;
    private final Caller queued;

    LocalSeats(RequestLimits limits, Caller caller) {
        this.limits = limits;
        this.queued = queued(caller);
    }

    /// As whom a component waits. Administrators, nodes, service accounts, the controller manager and the scheduler
    /// have flow schemas of upstream's. Others, which upstream does not have, wait as service accounts of `kube-system`
    /// do, and not among users.
    private static Caller queued(Caller caller) {
        String user = caller.user();
        boolean known = caller.in(Access.MASTERS) || caller.in("system:nodes") || user.startsWith(ACCOUNT)
                || user.equals("system:kube-controller-manager") || user.equals("system:kube-scheduler");
        return known ? caller : Caller.of(ACCOUNT + "kube-system:" + user.substring(user.lastIndexOf(':') + 1),
                List.of("system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"));
    }

    /// Reads in a seat. A list takes one as everything else: objects are told as they are in memory.
    /// @throws io.k3j.clientapi.ApiFault 429
    <T> T read(String verb, Gvr resource, String subresource, String namespace, Supplier<T> work) {
        return in(digest(verb, resource, subresource, namespace), false, work);
    }

    /// Writes in a seat; leases without one, so that load does not delay elections.
    /// @throws io.k3j.clientapi.ApiFault 429, 503
    <T> T write(String verb, Gvr resource, String subresource, String namespace, Supplier<T> work) {
        return resource.resource().equals("leases") ? work.get()
                : in(digest(verb, resource, subresource, namespace), true, work);
    }

    private RequestDigest digest(String verb, Gvr resource, String subresource, String namespace) {
        return new RequestDigest(queued, true, verb, resource, subresource, namespace, "", "");
    }

    private <T> T in(RequestDigest request, boolean write, Supplier<T> work) {
        return limits.seats().in(limits.flows().classify(request), write, 1, work::get);
    }
}
