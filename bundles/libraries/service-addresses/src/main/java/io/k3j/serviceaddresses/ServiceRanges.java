package io.k3j.serviceaddresses;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The ranges of which Services get addresses: those of all ServiceCIDRs that are ready and not being deleted. As long
/// as there is no ServiceCIDR [#DEFAULT], which is made of `--service-cidr`, the flag's own ranges stand for it, so
/// that the first Services need not wait for it. See
/// <https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects>.
///
/// For any thread. Asking reads a view of a few objects; nothing is kept between two questions, so that an answer is
/// never older than the view.
public final class ServiceRanges implements AutoCloseable {
    /// The ServiceCIDR that is made of the flag.
    public static final String DEFAULT = "kubernetes";
    /// Where ServiceCIDRs are.
    public static final Gvr RESOURCE = new Gvr("networking.k8s.io", "v1", "servicecidrs");
    private final List<ServiceRange> configured;
    private final View cidrs;

    /// Opens the view of ServiceCIDRs.
    /// @param configured those of `--service-cidr`, that of the default address family first
    public ServiceRanges(List<ServiceRange> configured, ApiClient api) {
        this.configured = List.copyOf(configured);
        this.cidrs = api.view(RESOURCE, Query.ALL);
    }

    /// The ranges of `--service-cidr`. They say which address families the cluster has, and which one is the default.
    public List<ServiceRange> configured() {
        return configured;
    }

    /// The ranges of which an address family (`IPv4`, `IPv6`) gets addresses now, each network once. They may overlap.
    public List<ServiceRange> ready(String family) {
        return ready().stream().filter(r -> r.family().equals(family)).toList();
    }

    /// Whether an address is one that may be allocated now.
    public boolean contains(String address) {
        return ready().stream().anyMatch(r -> r.contains(address));
    }

    private Set<ServiceRange> ready() {
        Set<ServiceRange> all = new LinkedHashSet<>();
        boolean made = false;
        for (Obj cidr : cidrs.list()) {
            made |= cidr.name().equals(DEFAULT);
            if (ready(cidr)) {
                all.addAll(of(cidr));
            }
        }
        if (!made) {
            all.addAll(configured);
        }
        return all;
    }

    /// Without a condition it is ready, as upstream has it: nobody may be there who sets one.
    private static boolean ready(Obj cidr) {
        Struct condition = cidr.status().seq("conditions").find("type", "Ready");
        return !cidr.terminating() && (condition.isEmpty() || condition.text("status").equals("True"));
    }

    private static List<ServiceRange> of(Obj cidr) {
        return Cidr.readable(cidr.spec().seq("cidrs").texts()).stream().map(ServiceRange::of).toList();
    }

    /// Closes the view.
    @Override
    public void close() {
        cidrs.close();
    }
}
