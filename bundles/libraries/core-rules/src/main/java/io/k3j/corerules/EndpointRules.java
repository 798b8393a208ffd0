package io.k3j.corerules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.corevalidation.AddressProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.List;

/// Rules of Endpoints: upstream's `ValidateEndpoints`. Subsets that stay are not looked at.
final class EndpointRules implements KindRules {
    private static final String SUBSETS = "subsets";
    private static final String READY = "addresses";
    private static final String NOT_READY = "notReadyAddresses";

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.each(o, SUBSETS, s -> Fill.each(s, "ports", p -> Fill.in(p, "protocol", "TCP")));
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        Seq subsets = o.seq(SUBSETS);
        if (!subsets.isEmpty() && write.before().orElse(Struct.EMPTY).seq(SUBSETS).equals(subsets)) {
            return;
        }
        for (int i = 0; i < subsets.size(); i++) {
            Struct subset = subsets.struct(i);
            Problems at = p.at(SUBSETS, i);
            if (subset.seq(READY).isEmpty() && subset.seq(NOT_READY).isEmpty()) {
                at.required("must specify `addresses` or `notReadyAddresses`");
            }
            for (String field : List.of(READY, NOT_READY)) {
                Seq addresses = subset.seq(field);
                for (int a = 0; a < addresses.size(); a++) {
                    address(o.struct("metadata"), addresses.struct(a), at.at(field, a));
                }
            }
            Seq ports = subset.seq("ports");
            for (int j = 0; j < ports.size(); j++) {
                port(ports.struct(j), ports.size() > 1, at.at("ports", j));
            }
        }
    }

    private static void address(Struct metadata, Struct address, Problems p) {
        String ip = address.text("ip");
        p.at("ip").invalid(ip, AddressProblems.legacyIp(ip));
        EndpointAddresses.reachable(metadata, ip, p.at("ip"));
        EndpointAddresses.names(address.text("hostname").isEmpty() ? address.without("hostname") : address, p);
    }

    private static void port(Struct port, boolean named, Problems p) {
        if (named) {
            p.present(port, "name");
        }
        if (!port.text("name").isEmpty()) {
            p.at("name").invalid(port.text("name"), Names.label(port.text("name")));
        }
        p.at("port").invalid(port.whole("port", 0), Names.portNumber(port.whole("port", 0)));
        p.requiredOneOf(port, "protocol", EndpointAddresses.PROTOCOLS);
        ServicePortProblems.application(port, p);
    }

    /// Those that the controller makes have the addresses of pods.
    @Override
    public List<String> warnings(Write write, Struct o) {
        String by = o.struct("metadata").struct("labels").text("endpoints.kubernetes.io/managed-by");
        if (by.equals("endpoint-controller")) {
            return List.of();
        }
        List<String> all = new ArrayList<>();
        List<Struct> subsets = o.seq(SUBSETS).structs();
        for (int i = 0; i < subsets.size(); i++) {
            for (String field : List.of(READY, NOT_READY)) {
                Seq addresses = subsets.get(i).seq(field);
                for (int a = 0; a < addresses.size(); a++) {
                    all.addAll(AddressProblems.ipWarnings("subsets[" + i + "]." + field + "[" + a + "].ip",
                            addresses.struct(a).text("ip")));
                }
            }
        }
        return all;
    }
}
