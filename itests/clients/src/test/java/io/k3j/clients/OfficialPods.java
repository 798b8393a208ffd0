package io.k3j.clients;

import io.kubernetes.client.Exec;
import io.kubernetes.client.PodLogs;
import io.kubernetes.client.PortForward;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.util.Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

/// The official client.
final class OfficialPods implements PodClient {
    private static final long LIMIT_SECONDS = 120;
    private final ApiClient client;

    OfficialPods(Path kubeconfig) throws IOException {
        client = Config.fromConfig(kubeconfig.toString());
        client.setHttpClient(client.getHttpClient().newBuilder().readTimeout(Duration.ZERO).build());
    }

    @Override
    public String log() throws Exception {
        return new CoreV1Api(client).readNamespacedPodLog(POD, NAMESPACE).execute();
    }

    /// The first line of a followed log.
    String firstLine() throws Exception {
        try (InputStream log = new PodLogs(client).streamNamespacedPodLog(NAMESPACE, POD, "talker")) {
            StringBuilder line = new StringBuilder();
            for (int c = log.read(); c >= 0 && c != '\n'; c = log.read()) {
                line.append((char) c);
            }
            return line.toString();
        }
    }

    @Override
    public Ran exec(byte[] input, String... command) throws Exception {
        Process run = new Exec(client).newExecutionBuilder(NAMESPACE, POD, command).setStdin(true)
                .setStdout(true).setStderr(true).execute();
        InputStream outputStream = run.getInputStream();
        InputStream errorStream = run.getErrorStream();
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> text(outputStream));
        CompletableFuture<String> errors = CompletableFuture.supplyAsync(() -> text(errorStream));
        run.getOutputStream().write(input);
        run.getOutputStream().flush();
        if (!run.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs: " + String.join(" ", command));
        }
        return new Ran(run.exitValue(), output.get(LIMIT_SECONDS, TimeUnit.SECONDS),
                errors.get(LIMIT_SECONDS, TimeUnit.SECONDS));
    }

    /// All messages of a WebSocket of the pod until it is closed, but for those without bytes of a stream.
    /// @param path below the pod's, as `log`
    List<String> messages(String path, String protocol) throws Exception {
        List<String> all = new CopyOnWriteArrayList<>();
        CompletableFuture<List<String>> end = new CompletableFuture<>();
        Request request = new Request.Builder().header("Sec-WebSocket-Protocol", protocol).url(client.getBasePath()
                + "/api/v1/namespaces/" + NAMESPACE + "/pods/" + POD + "/" + path).build();
        client.getHttpClient().newWebSocket(request, new WebSocketListener() {
            @Override
            public void onMessage(WebSocket socket, ByteString bytes) {
                onMessage(socket, bytes.string(StandardCharsets.ISO_8859_1));
            }

            @Override
            public void onMessage(WebSocket socket, String text) {
                if (text.length() > 1) {
                    all.add(text);
                }
            }

            @Override
            public void onClosing(WebSocket socket, int code, String reason) {
                socket.close(code, null);
                end.complete(all);
            }

            @Override
            public void onFailure(WebSocket socket, Throwable t, Response response) {
                end.completeExceptionally(t);
            }
        });
        return end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static String text(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public Forwarded forward(int port) throws Exception {
        PortForward.PortForwardResult result = new PortForward(client).forward(NAMESPACE, POD, List.of(port));
        OutputStream to = result.getOutboundStream(port);
        InputStream from = result.getInputStream(port);
        return new Forwarded(to, from, () -> {
            to.close();
            from.close();
        });
    }

    @Override
    public void close() {
        client.getHttpClient().dispatcher().executorService().shutdown();
        client.getHttpClient().connectionPool().evictAll();
    }

    @Override
    public String toString() {
        return "official";
    }
}
