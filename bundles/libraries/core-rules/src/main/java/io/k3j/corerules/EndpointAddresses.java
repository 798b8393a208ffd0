package io.k3j.corerules;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;
import java.util.List;

/// What the addresses and ports of both kinds of endpoints have in common. Pure.
final class EndpointAddresses {
    static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

    private EndpointAddresses() {
    }

    /// Checks where traffic may not be led to: upstream's `ValidateEndpointIP`.
    ///
    /// @param metadata of the endpoints
    static void reachable(Struct metadata, String ip, Problems p) {
        boolean plain = Addresses.isIp(ip);
        if (!plain && !Addresses.isSloppy(ip)) {
            p.invalid(ip, "must be a valid IP address");
            return;
        }
        String special = Addresses.special(metadata, plain ? ip : Addresses.withoutZeros(ip));
        if (!special.isEmpty()) {
            p.invalid(ip, special);
        }
    }

    /// Checks what an endpoint's name is among others, and the node it is on.
    static void names(Struct endpoint, Problems p) {
        if (endpoint.has("nodeName")) {
            p.at("nodeName").invalid(endpoint.text("nodeName"), Names.subdomain(endpoint.text("nodeName")));
        }
        if (endpoint.has("hostname")) {
            p.at("hostname").invalid(endpoint.text("hostname"), Names.label(endpoint.text("hostname")));
        }
    }
}
