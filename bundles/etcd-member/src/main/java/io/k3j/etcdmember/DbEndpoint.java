package io.k3j.etcdmember;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.model.Struct;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `/db/info` for servers that join and `/db/snapshot` for `k3s etcd-snapshot`: for who shows the server token; the
/// first also for whoever is on this machine, as in K3s.
final class DbEndpoint implements Endpoint {
    private static final String BASIC = "Basic ";
    private static final String SERVERS = "k3s:server";
    private static final int MAX_BODY = 1 << 20;
    private final Places places;
    private final Member member;
    private final SnapshotDesk snapshots;

    DbEndpoint(Places places, Member member, SnapshotDesk snapshots) {
        this.places = places;
        this.member = member;
        this.snapshots = snapshots;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of("/db");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        boolean server = server(exchange);
        boolean info = exchange.path().equals("/db/info") && exchange.method().equals("GET");
        if (!server && !(info && exchange.header("authorization").isEmpty()
                && exchange.remote().getAddress().isLoopbackAddress())) {
            boolean asked = exchange.header("authorization").isPresent() || !exchange.clientCertificates().isEmpty();
            refuse(exchange, asked ? 403 : 401, asked ? "forbidden" : "not authorized");
        } else if (info) {
            info(exchange);
        } else if (exchange.path().equals("/db/snapshot") && exchange.method().equals("POST")) {
            snapshot(exchange);
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

    private void snapshot(Exchange exchange) throws IOException {
        try {
            Struct answer = snapshots.carryOut(Json.object(exchange.body(MAX_BODY)));
            exchange.respond(200, Map.of("content-type", "application/json"), Json.bytes(answer));
        } catch (MalformedInput | IllegalArgumentException e) {
            refuse(exchange, 400, String.valueOf(e.getMessage()));
        } catch (EtcdFailure | IOException e) {
            refuse(exchange, 500, "the snapshot failed: " + e.getMessage());
        }
    }

    private boolean server(Exchange exchange) throws IOException {
        Optional<String> shown = exchange.header("authorization");
        if (shown.isEmpty() || !shown.get().startsWith(BASIC)) {
            return false;
        }
        try {
            String pair = new String(Base64.getDecoder().decode(shown.get().substring(BASIC.length()).strip()),
                    StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon > 0 && PasswordFile.parse(PemFiles.read(places.passwords()).orElse(""))
                    .authenticate(pair.substring(0, colon), pair.substring(colon + 1))
                    .filter(row -> row.groups().contains(SERVERS)).isPresent();
        } catch (IllegalArgumentException rubbish) {
            return false;
        }
    }

    private static void refuse(Exchange exchange, int code, String message) throws IOException {
        Struct status = Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status", "Failure",
                "message", message, "code", code);
        exchange.respond(code, Map.of("content-type", "application/json"), Json.bytes(status));
    }
}
