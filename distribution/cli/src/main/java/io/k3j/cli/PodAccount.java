package io.k3j.cli;

import io.k3j.cli.upgrade.ClusterReader;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/// Asks the API as a pod does: by the token of its service account, from a server that the authorities beside the token
/// vouch for. Both are read anew each time, since the kubelet renews them. See
/// <https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/>.
final class PodAccount implements ClusterReader {
    private static final String HOST = "KUBERNETES_SERVICE_HOST";
    private static final String PORT = "KUBERNETES_SERVICE_PORT";
    /// Of an answer. Room for some thousand nodes.
    private static final int MAX_BYTES = 16 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private final Path directory;
    private final URI server;

    private PodAccount(Path directory, URI server) {
        this.directory = directory;
        this.server = server;
    }

    /// That of a directory.
    ///
    /// @param environment says where the API is, as in every container
    /// @throws UsageFailure when it does not
    static PodAccount of(Path directory, Map<String, String> environment) {
        String host = environment.getOrDefault(HOST, "");
        String address = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + environment.getOrDefault(PORT, "");
        try {
            URI server = URI.create(address);
            if (server.getHost() != null && server.getPort() > 0) {
                return new PodAccount(directory, server);
            }
        } catch (IllegalArgumentException noAddress) {
            // told below
        }
        throw new UsageFailure("--service-account is for pods, and " + address + " is no API server: set " + HOST
                + " and " + PORT + ", as the kubelet does in each container");
    }

    /// The namespace of the pod.
    /// @throws UsageFailure when it cannot be read
    String namespace() {
        try {
            return file("namespace");
        } catch (IOException unreadable) {
            throw new UsageFailure(unreadable.getMessage() + "; --service-account is the directory the kubelet mounts");
        }
    }

    private String file(String name) throws IOException {
        try {
            return Files.readString(directory.resolve(name)).strip();
        } catch (IOException unreadable) {
            throw new IOException("cannot read " + directory.resolve(name) + " (" + unreadable + ")", unreadable);
        }
    }

    @Override
    public Optional<Struct> read(String path) throws IOException {
        HttpRequest request = request(path);
        HttpResponse<byte[]> answer = answer(request);
        if (answer.statusCode() == NOT_FOUND) {
            return Optional.empty();
        }
        String asked = server + request.uri().getPath();
        try {
            Struct body = Json.object(answer.body());
            if (answer.statusCode() == OK) {
                return Optional.of(body);
            }
            throw new IOException(asked + " answered " + answer.statusCode() + " " + body.text("message"));
        } catch (MalformedInput noJson) {
            throw new IOException(asked + " answered " + answer.statusCode() + " without JSON", noJson);
        }
    }

    private HttpRequest request(String path) throws IOException {
        String token = file("token");
        // what a header may not hold the client would tell whole
        if (!token.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IOException(directory.resolve("token") + " holds no token");
        }
        return HttpRequest.newBuilder(server.resolve(path)).timeout(TIMEOUT).header("accept", "application/json")
                .header("authorization", "Bearer " + token).build();
    }

    private HttpResponse<byte[]> answer(HttpRequest request) throws IOException {
        HttpClient client = HttpClient.newBuilder().sslContext(trust()).connectTimeout(TIMEOUT)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).build();
        try {
            // the timeout of the request ends where the body begins
            return client.sendAsync(request,
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_BYTES))
                    .get(TIMEOUT.toSeconds() + 1, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new IOException("no answer from " + server + ": " + failed.getCause(), failed);
        } catch (TimeoutException late) {
            throw new IOException("no answer from " + server + " within " + TIMEOUT.toSeconds() + " s", late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        } finally {
            client.shutdownNow();
        }
    }

    private SSLContext trust() throws IOException {
        try {
            return Trust.in(Pem.certificates(file("ca.crt")));
        } catch (IllegalArgumentException | GeneralSecurityException unusable) {
            throw new IOException(directory.resolve("ca.crt") + " holds no authorities: " + unusable.getMessage(),
                    unusable);
        }
    }
}
