package io.k3j.supervisor;

import io.k3j.edgeapi.Exchange;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Signs the certificates agents ask for. What they say is decided here; only the key comes from the request.
final class CertificateSigning {
    private static final String CONTROLLER = "system:k3s-controller";
    private final Layout layout;
    private final Authorities authorities;
    private final NodeGate gate;
    private final InstantSource clock;
    private final RandomGenerator random;

    CertificateSigning(Layout layout, Authorities authorities, NodeGate gate, InstantSource clock,
            RandomGenerator random) {
        this.layout = layout;
        this.authorities = authorities;
        this.gate = gate;
        this.clock = clock;
        this.random = random;
    }

    /// The certificate and its chain in PEM; for agents that send no request (before K3s 1.30), the
    /// shared key as well.
    String sign(Exchange exchange, Asker asker) throws IOException, Refusal {
        return switch (exchange.path()) {
            case "/v1-k3s/serving-kubelet.crt" -> {
                String node = gate.admit(exchange, asker);
                AlternativeNames names = AlternativeNames.ofNode(node, addresses(exchange));
                Profile profile = Profile.server(node, names.dnsNames(), names.addresses());
                yield sign(exchange, Issuer.SERVER, profile, "serving-kubelet");
            }
            case "/v1-k3s/client-kubelet.crt" -> {
                Profile profile = Profile.client("system:node:" + gate.admit(exchange, asker), "system:nodes");
                yield sign(exchange, Issuer.CLIENT, profile, "client-kubelet");
            }
            case "/v1-k3s/client-kube-proxy.crt" ->
                sign(exchange, Issuer.CLIENT, Profile.client("system:kube-proxy"), "client-kube-proxy");
            default -> sign(exchange, Issuer.CLIENT, controller(exchange, asker), "client-k3s-controller");
        };
    }

    /// The identity of a node's network and DNS. It is bound to the node that shows its password or its kubelet's
    /// certificate. K3s' own agents show neither here: theirs is bound to none, and may do less.
    private Profile controller(Exchange exchange, Asker asker) throws Refusal {
        boolean named = exchange.header("k3s-node-name").isPresent();
        String node = named ? gate.admit(exchange, asker) : asker.node();
        return node.isEmpty() ? Profile.client(CONTROLLER) : Profile.client(CONTROLLER, CONTROLLER + ":" + node);
    }

    private static List<String> addresses(Exchange exchange) throws Refusal {
        List<String> addresses = new ArrayList<>();
        for (String address : exchange.header("k3s-node-ip").orElse("").split(",")) {
            if (!address.isEmpty() && AlternativeNames.address(address) == null) {
                throw new Refusal(400, "invalid node IP address " + address);
            }
            addresses.add(address);
        }
        return addresses;
    }

    private String sign(Exchange exchange, Issuer issuer, Profile profile, String shared) throws IOException, Refusal {
        if (exchange.method().equals("POST")) {
            PublicKey key = request(exchange).key();
            return signed(issuer, profile, key);
        }
        String text = PemFiles.read(layout.tls(shared + ".key")).orElse("");
        PublicKey key = Pem.keys(text).getFirst().open()
                .orElseThrow(() -> new Refusal(500, "the shared key " + shared + " cannot be used"));
        return signed(issuer, profile, key) + text;
    }

    private static CertificateRequest request(Exchange exchange) throws IOException, Refusal {
        byte[] body = exchange.body(CertificateRequest.MAX_BYTES);
        try {
            return CertificateRequest.parse(body);
        } catch (IllegalArgumentException malformed) {
            throw new Refusal(400, "the certificate request cannot be used: " + malformed.getMessage());
        }
    }

    private String signed(Issuer issuer, Profile profile, PublicKey key) {
        CertificateAuthority authority = authorities.get(issuer);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(authority.sign(profile, key, clock.instant(), random));
        chain.addAll(authority.chain());
        return Pem.encode(chain);
    }
}
