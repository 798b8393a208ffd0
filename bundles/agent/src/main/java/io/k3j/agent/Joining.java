package io.k3j.agent;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.pki.ClusterToken;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The calls a K3s agent makes to join, in K3s' order: `/cacerts`, `config`, the two authorities, the four
/// certificates; then `apiservers`, `readyz` and `config` again. Each step can be made again at any time.
final class Joining {
    private static final String V1 = "/v1-k3s/";
    private final Settings settings;
    private final ClusterToken token;
    private final Layout layout;
    private final NodeFiles files;
    private final Way way;
    private final URI supervisor;
    private final String origin;
    private final Trust.Warnings warnings = new Trust.Warnings();

    /// How to the servers.
    ///
    /// @param supervisor the load balancer's address, or `--server` itself without one
    /// @param server the server the user, or this server itself, knows
    /// @param api where the node finds the API
    record Way(URI supervisor, String server, ApiWay api) {
    }

    /// Where the API of a cluster is found that says this of itself.
    interface ApiWay {
        URI of(ClusterConfig config) throws Refused;
    }

    /// Asks that way.
    Joining(Settings settings, ClusterToken token, Layout layout, NodeFiles files, Way way) {
        this.settings = settings;
        this.token = token;
        this.layout = layout;
        this.files = files;
        this.way = way;
        this.supervisor = way.supervisor();
        this.origin = way.server();
    }

    /// Joins, or joins again with new certificates; writes every file.
    /// @throws Refused when trying again would be of no use
    /// @throws IOException when no server answers as it should
    ClusterConfig join(Instant now) throws IOException, Refused {
        Trust trust = Trust.establish(supervisor, token, origin, warnings);
        try {
            return join(trust, authorization(), now, false);
        } catch (SupervisorFault fault) {
            // a bootstrap token may have expired since; a node that is in shows its certificate
            if (fault.unauthorized() && files.own("client-kubelet", now).isPresent()) {
                return again(trust, now, fault);
            }
            throw explained(fault);
        }
    }

    private ClusterConfig again(Trust trust, Instant now, SupervisorFault first) throws IOException, Refused {
        try {
            return join(trust, "", now, true);
        } catch (SupervisorFault fault) {
            throw explained(fault.unauthorized() ? first : fault);
        }
    }

    private IOException explained(SupervisorFault fault) throws IOException, Refused {
        if (fault.unauthorized()) {
            throw new Refused("the server " + origin + " does not accept this token (" + fault.getMessage()
                    + "); use the content of server/node-token in the data directory of a server");
        }
        if (fault.forbidden()) {
            files.forgetPassword();
            throw Refused.nodePassword(layout.nodePassword());
        }
        if (fault.lasting()) {
            throw new Refused("the server " + origin + " refuses: " + fault.getMessage());
        }
        return fault;
    }

    private String authorization() {
        if (token.bootstrap()) {
            return "Bearer " + token.password();
        }
        // whichever token a user has copied, an agent asks as a node
        return "Basic " + Base64.getEncoder()
                .encodeToString(("node:" + token.password()).getBytes(StandardCharsets.UTF_8));
    }

    private ClusterConfig join(Trust trust, String authorization, Instant now, boolean own)
            throws IOException, Refused {
        try (SupervisorClient server = new SupervisorClient(supervisor,
                trust.context(own ? files.own("client-kubelet", now) : Optional.empty()), authorization)) {
            ClusterConfig config = ClusterConfig.parse(server.get(V1 + "config"));
            files.authorities("client-ca", server.get(V1 + "client-ca.crt"));
            files.authorities("server-ca", server.get(V1 + "server-ca.crt"));
            certificates(server);
            files.kubeConfigs(way.api().of(config));
            keep(config);
            return config;
        }
    }

    private void certificates(SupervisorClient server) throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("serving-kubelet", settings.nodeName());
        names.put("client-kubelet", "system:node:" + settings.nodeName());
        names.put("client-kube-proxy", "system:kube-proxy");
        names.put("client-k3s-controller", "system:k3s-controller");
        Map<String, String> headers = headers();
        for (String leaf : NodeFiles.LEAVES) {
            byte[] request = files.request(leaf, names.getOrDefault(leaf, ""));
            files.certificate(leaf, server.post(V1 + leaf + ".crt", request, headers));
        }
    }

    private Map<String, String> headers() throws IOException {
        List<String> addresses = new ArrayList<>(List.of(settings.nodeIp()));
        addresses.addAll(List.of(settings.nodeExternalIp()));
        return Map.of("k3s-Node-Name", settings.nodeName(), "k3s-Node-Password", files.password(), "k3s-Node-IP",
                String.join(",", addresses), "content-type", "application/octet-stream");
    }

    private void keep(ClusterConfig config) throws IOException {
        PemFiles.directory(layout.agent("etc"));
        if (!PemFiles.read(layout.clusterFile()).equals(Optional.of(config.text()))) {
            PemFiles.write(layout.clusterFile(), config.text(), PemFiles.SECRET);
        }
    }

    /// What the cluster said last time, null when nothing is kept.
    @Nullable
    ClusterConfig remembered() throws IOException, Refused {
        Optional<String> text = PemFiles.read(layout.clusterFile());
        return text.isEmpty() ? null : ClusterConfig.parse(text.get());
    }

    /// Asks something as the node it now is.
    private String ask(String path, Instant now) throws IOException {
        Trust trust = new Trust(files.serverAuthorities());
        String shown = token.bootstrap() ? "" : authorization();
        try (SupervisorClient server = new SupervisorClient(supervisor,
                trust.context(files.own("client-kubelet", now)), shown)) {
            return server.get(V1 + path);
        }
    }

    /// The addresses of all API servers, as `host:port`.
    List<String> apiServers(Instant now) throws IOException {
        String text = ask("apiservers", now);
        try {
            return Json.value(text.getBytes(StandardCharsets.UTF_8)) instanceof Seq all ? all.texts()
                    : List.of();
        } catch (MalformedInput rubbish) {
            throw new IOException("the list of API servers cannot be read: " + rubbish.getMessage());
        }
    }

    /// Whether the servers' core is at work.
    /// @throws IOException while it is not
    void ready(Instant now) throws IOException {
        ask("readyz", now);
    }

    /// The cluster's settings as they are now.
    ClusterConfig config(Instant now) throws IOException, Refused {
        return ClusterConfig.parse(ask("config", now));
    }
}
