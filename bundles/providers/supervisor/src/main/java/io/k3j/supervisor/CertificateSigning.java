package io.k3j.supervisor;

import io.k3j.edgeapi.Exchange;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import io.k3j.servercredentials.AlternativeNames;
import io.k3j.servercredentials.Authorities;
import io.k3j.servercredentials.Issuer;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// Signs the certificates agents request. Subject and names are decided here; only the public key comes from
/// the request.
final class CertificateSigning {
    private static final String CONTROLLER = "system:k3s-controller";
    private final ServerLayout layout;
    private final Authorities authorities;
    private final NodeNames names;
    private final NodeGate gate;
    private final InstantSource clock;
    private final RandomGenerator random;

    // one parameter for each collaborator
    @SuppressWarnings("checkstyle:ParameterNumber")
    CertificateSigning(ServerLayout layout, Authorities authorities, NodeNames names, NodeGate gate,
            InstantSource clock, RandomGenerator random) {
        this.layout = layout;
        this.authorities = authorities;
        this.names = names;
        this.gate = gate;
        this.clock = clock;
        this.random = random;
    }

    /// The certificate and its chain in PEM. Agents before K3s 1.30 send no request; they also get the shared
    /// private key.
    ///
    /// @param body what was received with the request
    String sign(Exchange exchange, Requester requester, byte[] body) throws IOException, Refusal {
        return switch (exchange.path()) {
            case "/v1-k3s/serving-kubelet.crt" -> {
                String node = admit(exchange, requester);
                AlternativeNames kubelet = names.ofKubelet(node, addresses(exchange));
                Profile profile = Profile.server(node, kubelet.dnsNames(), kubelet.addresses());
                yield sign(exchange, body, Issuer.SERVER, profile, "serving-kubelet");
            }
            case "/v1-k3s/client-kubelet.crt" -> {
                Profile profile = Profile.client("system:node:" + admit(exchange, requester), "system:nodes");
                yield sign(exchange, body, Issuer.CLIENT, profile, "client-kubelet");
            }
            case "/v1-k3s/client-kube-proxy.crt" ->
                sign(exchange, body, Issuer.CLIENT, Profile.client("system:kube-proxy"), "client-kube-proxy");
            default -> sign(exchange, body, Issuer.CLIENT, controller(exchange, requester), "client-k3s-controller");
        };
    }

    /// The node's name.
    /// @throws Refusal also for a name by which the cluster knows something else
    private String admit(Exchange exchange, Requester requester) throws Refusal {
        names.check(exchange.header("k3s-node-name").orElse("").toLowerCase(Locale.ROOT));
        return gate.admit(exchange, requester);
    }

    /// The identity of a node's network and DNS components. It is bound to a node that presents its password or
    /// its kubelet's certificate. Agents of K3s present neither here: their certificate names no node and has
    /// fewer rights.
    private Profile controller(Exchange exchange, Requester requester) throws Refusal {
        boolean named = exchange.header("k3s-node-name").isPresent();
        String node = named ? admit(exchange, requester) : requester.node();
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

    private String sign(Exchange exchange, byte[] body, Issuer issuer, Profile profile, String shared)
            throws IOException, Refusal {
        if (exchange.method().equals("POST")) {
            PublicKey key = request(body).key();
            return signed(issuer, profile, key);
        }
        String text = PemFiles.read(layout.tls(shared + ".key")).orElse("");
        PublicKey key = Pem.keys(text).getFirst().open()
                .orElseThrow(() -> new Refusal(500, "the shared key " + shared + " cannot be used"));
        return signed(issuer, profile, key) + text;
    }

    private static CertificateRequest request(byte[] body) throws Refusal {
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
