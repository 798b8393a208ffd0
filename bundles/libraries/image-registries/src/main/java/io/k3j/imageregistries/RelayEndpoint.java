package io.k3j.imageregistries;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.metricstext.MetricText;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/// `/v2` on the node's port: what containerd cannot ask of a registry itself. Only who has read `certs.d` is answered,
/// and only from this machine: behind it are the node's logins. For any thread; a request blocks as long as it lasts.
public final class RelayEndpoint implements Endpoint, AutoCloseable {
    /// Requests at a time: five pulls of three layers each, and room.
    private static final int MOST_REQUESTS = 64;
    private static final String ROOT = "/v2";
    private static final List<String> PASSED = List.of("accept", "range", "if-none-match");
    private static final List<String> RETURNED = List.of("content-type", "content-length", "content-range",
            "docker-content-digest", "etag", "accept-ranges", "oci-filters-applied");
    private final RegistriesFile file;
    private final RegistryRelay relay;
    private final String token;
    private final InetAddress node;
    private final Map<Integer, LongAdder> answers = new ConcurrentSkipListMap<>();
    private final Semaphore room = new Semaphore(MOST_REQUESTS);

    /// @param hosts whose relay this is
    /// @param environment may name proxies
    /// @param clock for the ends of tokens
    public RelayEndpoint(RegistriesFile file, HostsDirectory hosts, PullFailures failures,
            Map<String, String> environment, InstantSource clock) {
        this.file = file;
        this.token = hosts.relay().token();
        this.node = InetAddress.ofLiteral(URI.create(hosts.relay().url()).getHost().replaceAll("[\\[\\]]", ""));
        this.relay = new RegistryRelay(environment, failures, clock);
    }

    @Override
    public Set<String> prefixes() {
        return Set.of(ROOT);
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        if (!here(exchange.remote().getAddress()) || !known(exchange.header(HostsDirectory.HEADER).orElse(""))) {
            RegistryAnswers.error(exchange, 403, "DENIED", "this is for containerd of this node");
            return;
        }
        Optional<RelayRequest> request = request(exchange);
        Optional<Registries> registries = file.registries();
        if (request.isEmpty()) {
            RegistryAnswers.error(exchange, 404, "UNSUPPORTED", "manifests and blobs are read here, nothing else");
        } else if (registries.isEmpty()) {
            RegistryAnswers.error(exchange, 503, "UNAVAILABLE", "registries.yaml cannot be used");
        } else if (!room.tryAcquire()) {
            RegistryAnswers.error(exchange, 429, "TOOMANYREQUESTS", "more than " + MOST_REQUESTS + " at a time");
        } else {
            try {
                pass(exchange, relay.ask(registries.get(), request.get()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } finally {
                room.release();
            }
        }
    }

    private boolean here(InetAddress remote) {
        return remote.isLoopbackAddress() || remote.equals(node);
    }

    private boolean known(String shown) {
        return MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<RelayRequest> request(Exchange exchange) {
        String path = exchange.path();
        boolean reads = exchange.method().equals("GET") || exchange.method().equals("HEAD");
        if (!reads || !path.startsWith(ROOT + "/")) {
            return Optional.empty();
        }
        Map<String, String> headers = new HashMap<>();
        for (String name : PASSED) {
            exchange.header(name).ifPresent(value -> headers.put(name, value));
        }
        return ImageRequest.registry(exchange.query())
                .flatMap(registry -> RelayRequest.parts(path.substring(ROOT.length() + 1))
                        .map(parts -> new RelayRequest(exchange.method(), registry, parts.get(0), parts.get(1), headers,
                                exchange.header("authorization"))));
    }

    /// What was answered, in Prometheus' text form. Does not block.
    public String metrics() {
        MetricText text = new MetricText().family("k3j_registry_relay_requests_total", MetricText.Type.COUNTER,
                "Requests of this node's containerd that were passed on to registries, by answer.");
        answers.forEach((code, number) -> text.value(number.sum(), "code", Integer.toString(code)));
        return text.toString();
    }

    private void pass(Exchange exchange, RegistryRelay.Answer answer) throws IOException {
        answers.computeIfAbsent(answer.status(), _ -> new LongAdder()).increment();
        if (answer.found().isEmpty()) {
            Map<String, String> headers = new HashMap<>(Map.of("content-type", "application/json"));
            if (!answer.challenge().isEmpty()) {
                headers.put("www-authenticate", answer.challenge());
            }
            exchange.respond(answer.status(), headers, RegistryAnswers.body("NAME_UNKNOWN", "no endpoint has it"));
            return;
        }
        HttpResponse<InputStream> found = answer.found().get();
        Map<String, String> headers = new HashMap<>();
        for (String name : RETURNED) {
            found.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
        }
        try (InputStream body = found.body()) {
            exchange.onEnd(() -> {
                if (exchange.gone()) {
                    closeQuietly(body);
                }
            });
            RegistryAnswers.copy(body, exchange.stream(answer.status(), headers));
        }
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException ended) {
            // it had ended already
        }
    }

    @Override
    public void close() {
        relay.close();
    }
}
