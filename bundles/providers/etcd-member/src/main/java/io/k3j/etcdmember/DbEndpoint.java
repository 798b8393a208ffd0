package io.k3j.etcdmember;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.etcdsnapshots.EtcdSnapshots;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.model.Struct;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `/db/info` for joining servers, `/db/snapshot` for `k3s etcd-snapshot`, `/db/health` and `/db/restart` for `k3s
/// upgrade`. All require the server token; the first is also open to local clients without credentials, as in K3s.
final class DbEndpoint implements Endpoint {
    private static final String BASIC = "Basic ";
    private static final String SERVERS = "k3s:server";
    private static final int MAX_BODY = 1 << 20;
    private final EtcdLayout layout;
    private final Member member;
    private final EtcdSnapshots snapshots;

    DbEndpoint(EtcdLayout layout, Member member, EtcdSnapshots snapshots) {
        this.layout = layout;
        this.member = member;
        this.snapshots = snapshots;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of("/db");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        boolean isServer = isServer(exchange);
        boolean info = exchange.path().equals("/db/info") && exchange.method().equals("GET");
        if (!isServer && !(info && exchange.header("authorization").isEmpty()
                && exchange.remote().getAddress().isLoopbackAddress())) {
            boolean authenticated = exchange.header("authorization").isPresent()
                    || !exchange.clientCertificates().isEmpty();
            refuse(exchange, authenticated ? 403 : 401, authenticated ? "forbidden" : "not authorized");
        } else if (info) {
            info(exchange);
        } else if (exchange.path().equals("/db/health") && exchange.method().equals("GET")) {
            exchange.respond(200, Map.of("content-type", "application/json"),
                    Json.bytes(MembersHealth.of(member.state(), MembersHealth.by(layout))));
        } else if (exchange.path().equals("/db/snapshot") && exchange.method().equals("POST")) {
            snapshot(exchange);
        } else if (exchange.path().equals("/db/restart") && exchange.method().equals("POST")) {
            restart(exchange);
        } else {
            refuse(exchange, 404, "there is nothing at " + exchange.path());
        }
    }

    private void info(Exchange exchange) throws IOException {
        Member.State state = member.state();
        if (!state.healthy()) {
            refuse(exchange, 503, "the managed etcd of this server is not ready");
        } else {
            exchange.respond(200, Map.of("content-type", "application/json"), ClusterInfo.write(state.members()));
        }
    }

    /// The members as `/db/health` has them, with the name of whichever other one is being restarted; with `over` the
    /// turn of the own one ends.
    private void restart(Exchange exchange) throws IOException {
        try {
            boolean over = Json.object(exchange.body(MAX_BODY)).flag("over");
            Member.State state = member.state();
            EtcdCluster.Member own = state.members().stream().filter(one -> one.id() == state.id()).findFirst()
                    .orElseThrow(() -> new IOException("it is not known which member it is"));
            try (EtcdClient client = Tls.client(layout, String.join(",", own.clientUrls()), false)) {
                Struct answer = turn(RestartTurn.of(new EtcdKv(client)), own.name(), over, state);
                exchange.respond(200, Map.of("content-type", "application/json"), Json.bytes(answer));
            }
        } catch (MalformedInput e) {
            refuse(exchange, 400, String.valueOf(e.getMessage()));
        } catch (EtcdFailure | IOException | IllegalArgumentException e) {
            refuse(exchange, 503, "the managed etcd of this server does not say whose turn it is: " + e.getMessage());
        }
    }

    private Struct turn(RestartTurn turn, String own, boolean over, Member.State state) {
        if (over) {
            turn.end(own);
            return Struct.EMPTY;
        }
        String now = turn.take(own);
        return MembersHealth.of(state, MembersHealth.by(layout)).with("restarting", now.equals(own) ? "" : now);
    }

    private void snapshot(Exchange exchange) throws IOException {
        try {
            Struct answer = snapshots.carryOut(Json.object(exchange.body(MAX_BODY)));
            exchange.respond(200, Map.of("content-type", "application/json"), Json.bytes(answer));
        } catch (MalformedInput | IllegalArgumentException e) {
            refuse(exchange, 400, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            refuse(exchange, 500, "the snapshot failed: " + e.getMessage());
        }
    }

    private boolean isServer(Exchange exchange) throws IOException {
        Optional<String> authorization = exchange.header("authorization");
        if (authorization.isEmpty() || !authorization.get().startsWith(BASIC)) {
            return false;
        }
        try {
            String pair = new String(Base64.getDecoder().decode(authorization.get().substring(BASIC.length()).strip()),
                    StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon > 0 && PasswordFile.parse(PemFiles.read(layout.passwords()).orElse(""))
                    .authenticate(pair.substring(0, colon), pair.substring(colon + 1))
                    .filter(row -> row.groups().contains(SERVERS)).isPresent();
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static void refuse(Exchange exchange, int code, String message) throws IOException {
        Struct status = Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status", "Failure",
                "message", message, "code", code);
        exchange.respond(code, Map.of("content-type", "application/json"), Json.bytes(status));
    }
}
