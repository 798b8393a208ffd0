package io.k3j.agent;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.pki.ClientTls;
import io.k3j.pki.ClusterToken;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The requests with which a K3s agent joins, in K3s' order: `/cacerts`, `config`, the two authorities, the
/// four certificates; then `apiservers`, `readyz` and `config` again. Every step may be repeated at any time.
final class AgentJoin {
    private static final String V1 = "/v1-k3s/";
    /// For how long one request of a join is made again that the servers have no place for.
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private final AgentSettings settings;
    private final ClusterToken token;
    private final AgentLayout layout;
    private final NodeFiles files;
    private final Way way;
    private final URI supervisor;
    private final String origin;
    private final ServerTrust.Warnings warnings = new ServerTrust.Warnings();

    /// How to connect to the servers.
    ///
    /// @param supervisor the load balancer's address, or `--server` itself without one
    /// @param server the registration address, for messages
    /// @param api finds the address of the API
    record Way(URI supervisor, String server, ApiWay api) {
    }

    /// The API's address for a cluster with this configuration.
    interface ApiWay {
        URI of(ClusterConfig config) throws Refused;
    }

    /// Joins through `way`.
    AgentJoin(AgentSettings settings, ClusterToken token, AgentLayout layout, NodeFiles files, Way way) {
        this.settings = settings;
        this.token = token;
        this.layout = layout;
        this.files = files;
        this.way = way;
        this.supervisor = way.supervisor();
        this.origin = way.server();
    }

    /// Joins, or joins again with new certificates; writes all files. Blocks.
    /// @throws Refused when a retry cannot help
    /// @throws IOException when no server answers as expected
    ClusterConfig join(Instant now) throws IOException, Refused {
        return join(now, PATIENCE);
    }

    /// The same at once, by whoever knows what to do else: a request that the servers have no place for now fails it.
    ClusterConfig joinAtOnce(Instant now) throws IOException, Refused {
        return join(now, Duration.ZERO);
    }

    private ClusterConfig join(Instant now, Duration patience) throws IOException, Refused {
        ServerTrust trust = ServerTrust.establish(supervisor, token, origin, warnings);
        try {
            return join(trust, authorization(), Optional.empty(), patience);
        } catch (SupervisorFault fault) {
            // a bootstrap token may have expired meanwhile, and a token alone is not enough for a node whose password
            // went with a Node that somebody has deleted; a node that has joined authenticates by its certificate
            if ((fault.unauthorized() || fault.forbidden()) && files.own("client-kubelet", now).isPresent()) {
                return joinByCertificate(trust, now, fault, patience);
            }
            throw translate(fault);
        }
    }

    private ClusterConfig joinByCertificate(ServerTrust trust, Instant now, SupervisorFault first, Duration patience)
            throws IOException, Refused {
        try {
            return join(trust, "", files.own("client-kubelet", now), patience);
        } catch (SupervisorFault fault) {
            throw translate(fault.unauthorized() ? first : fault);
        }
    }

    private IOException translate(SupervisorFault fault) throws IOException, Refused {
        if (fault.unauthorized()) {
            boolean edged = !token.password().equals(token.password().strip());
            throw new Refused("the server " + origin + " does not accept this token (" + fault.getMessage() + ")"
                    + (edged ? ", which has blanks or line breaks around it that count" : "")
                    + "; use the content of server/node-token in the data directory of a server");
        }
        if (fault.forbidden()) {
            files.forgetPassword();
            throw Refused.nodePassword(layout.nodePassword(), String.valueOf(fault.getMessage()));
        }
        if (fault.permanent()) {
            throw new Refused("the server " + origin + " refuses: " + fault.getMessage());
        }
        return fault;
    }

    private String authorization() {
        if (token.bootstrap()) {
            return "Bearer " + token.password();
        }
        // with any kind of token the user `node` is the one for agents
        return "Basic " + Base64.getEncoder()
                .encodeToString(("node:" + token.password()).getBytes(StandardCharsets.UTF_8));
    }

    private ClusterConfig join(ServerTrust trust, String authorization, Optional<ClientTls.Own> own, Duration patience)
            throws IOException, Refused {
        try (SupervisorClient server = new SupervisorClient(supervisor, trust.context(own), authorization, patience)) {
            ClusterConfig config = ClusterConfig.parse(server.get(V1 + "config"));
            files.authorities("client-ca", server.get(V1 + "client-ca.crt"));
            files.authorities("server-ca", server.get(V1 + "server-ca.crt"));
            certificates(server);
            files.kubeConfigs(way.api().of(config));
            saveConfig(config);
            return config;
        }
    }

    private void certificates(SupervisorClient server) throws IOException, Refused {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("serving-kubelet", settings.nodeName());
        names.put("client-kubelet", "system:node:" + settings.nodeName());
        names.put("client-kube-proxy", "system:kube-proxy");
        names.put("client-k3s-controller", "system:k3s-controller");
        Map<String, String> headers = headers();
        for (String leaf : NodeFiles.LEAVES) {
            byte[] csr = files.request(leaf, names.getOrDefault(leaf, ""));
            files.certificate(leaf, server.post(V1 + leaf + ".crt", csr, headers));
        }
    }

    private Map<String, String> headers() throws IOException, Refused {
        List<String> addresses = new ArrayList<>(List.of(settings.nodeIp()));
        addresses.addAll(List.of(settings.nodeExternalIp()));
        return Map.of("k3s-Node-Name", settings.nodeName(), "k3s-Node-Password", files.password(), "k3s-Node-IP",
                String.join(",", addresses), "content-type", "application/octet-stream");
    }

    private void saveConfig(ClusterConfig config) throws IOException {
        PemFiles.directory(layout.agent("etc"));
        if (!PemFiles.read(layout.clusterFile()).equals(Optional.of(config.text()))) {
            PemFiles.write(layout.clusterFile(), config.text(), PemFiles.SECRET);
        }
    }

    /// The cluster's configuration of the last join; null when none is saved.
    @Nullable
    ClusterConfig saved() throws IOException, Refused {
        Optional<String> text = PemFiles.read(layout.clusterFile());
        return text.isEmpty() ? null : ClusterConfig.parse(text.get());
    }

    /// Sends a request authenticated as this node: by its certificate alone, as the token may have been changed since,
    /// and by the token while it has none.
    private String request(String path, Instant now) throws IOException {
        ServerTrust trust = new ServerTrust(files.serverAuthorities());
        Optional<ClientTls.Own> own = files.own("client-kubelet", now);
        try (SupervisorClient server = new SupervisorClient(supervisor, trust.context(own),
                own.isPresent() ? "" : authorization())) {
            return server.get(V1 + path);
        }
    }

    /// The addresses of all API servers, as `host:port`.
    List<String> apiServers(Instant now) throws IOException {
        String text = request("apiservers", now);
        try {
            return Json.value(text.getBytes(StandardCharsets.UTF_8)) instanceof Seq all ? all.texts()
                    : List.of();
        } catch (MalformedInput malformed) {
            throw new IOException("the list of API servers cannot be read: " + malformed.getMessage());
        }
    }

    /// Checks that the servers' runtime core is ready.
    /// @throws IOException while it is not
    void ready(Instant now) throws IOException {
        request("readyz", now);
    }

    /// The cluster's present configuration.
    ClusterConfig config(Instant now) throws IOException, Refused {
        return ClusterConfig.parse(request("config", now));
    }
}
