package io.k3j.serviceaddresses;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Makes the ServiceCIDR `kubernetes` of `--service-cidr`, anew when it was deleted, adds the second address family to
/// it when the flag has got one, and says that it is ready until the controller of ServiceCIDRs does. One that differs
/// from the flag otherwise stays as it is. Upstream's `kubernetes-service-cidr-controller`. For one thread.
public final class DefaultServiceCidr {
    private static final Logger LOG = System.getLogger("io.k3j.admissioncore");
    private static final Key KEY = Key.of(ServiceRanges.DEFAULT);
    private final ApiClient api;
    private final List<String> cidrs;
    private final InstantSource clock;
    private boolean told;

    /// @param cidrs of the flag, that of the default address family first
    public DefaultServiceCidr(ApiClient api, List<String> cidrs, InstantSource clock) {
        this.api = api;
        this.cidrs = List.copyOf(cidrs);
        this.clock = clock;
    }

    /// Looks once; blocks on the API.
    /// @throws io.k3j.clientapi.ApiFault when a write is refused, 409 when another server was faster
    public void sync() {
        Obj cidr = api.find(ServiceRanges.RESOURCE, KEY).orElseGet(this::made);
        List<String> there = cidr.spec().seq("cidrs").texts();
        if (there.equals(cidrs)) {
            ready(cidr);
        } else if (there.size() == 1 && cidrs.size() == 2 && there.getFirst().equals(cidrs.getFirst())) {
            api.update(ServiceRanges.RESOURCE, cidr.with(Seq.copyOf(cidrs), "spec", "cidrs"), WriteOptions.PLAIN);
        } else if (!told) {
            told = true;
            LOG.log(Level.WARNING, "ServiceCIDR differs from --service-cidr name={0} cidrs={1} flag={2}", KEY.name(),
                    there, cidrs);
        }
    }

    private Obj made() {
        return api.create(ServiceRanges.RESOURCE, Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind",
                "ServiceCIDR", "metadata", Struct.of("name", KEY.name()), "spec",
                Struct.of("cidrs", Seq.copyOf(cidrs)))), WriteOptions.PLAIN);
    }

    /// A condition that somebody has set is not touched.
    private void ready(Obj cidr) {
        Seq conditions = cidr.status().seq("conditions");
        String status = conditions.find("type", "Ready").text("status", "Unknown");
        if (cidr.terminating() || !status.equals("Unknown")) {
            return;
        }
        List<Struct> all = new ArrayList<>(conditions.structs());
        all.removeIf(c -> c.text("type").equals("Ready"));
        all.add(Struct.of("type", "Ready", "status", "True", "lastTransitionTime",
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), "reason", "", "message",
                "Kubernetes default Service CIDR is ready"));
        api.update(ServiceRanges.RESOURCE, cidr.with(Seq.copyOf(all), "status", "conditions"), WriteOptions.STATUS);
    }
}
