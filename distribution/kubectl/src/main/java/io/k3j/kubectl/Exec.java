package io.k3j.kubectl;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `exec`, over a WebSocket with the protocol `v5.channel.k8s.io`.
final class Exec implements WebSocket.Listener {
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int ERROR = 3;
    private static final int CLOSE = 255;
    private static final int BLOCK = 8192;
    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private final PrintStream out;
    private final PrintStream err;

    private Exec(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    static int run(Api api, Options options, PrintStream out, PrintStream err) {
        if (options.words().isEmpty() || options.command().isEmpty()) {
            throw new CommandFailure("error: expected 'exec POD -- COMMAND'");
        }
        String pod = options.words().getFirst();
        boolean stdin = options.flag("stdin");
        boolean tty = options.flag("tty") && System.console() != null;
        String path = "/api/v1/namespaces/" + Get.namespace(api, options) + "/pods/"
                + pod.substring(pod.indexOf('/') + 1)
                + "/exec?stdout=true&stderr=" + !tty + "&stdin=" + stdin + "&tty=" + tty
                + (options.values().containsKey("container")
                        ? "&container=" + Api.encoded(options.text("container", "")) : "")
                + options.command().stream().map(c -> "&command=" + Api.encoded(c)).collect(Collectors.joining());
        Exec exec = new Exec(out, err);
        if (tty) {
            stty("raw -echo");
        }
        try {
            WebSocket socket = api.socket(path, "v5.channel.k8s.io", exec);
            if (stdin) {
                Thread.ofVirtual().name("stdin").start(() -> feed(socket));
            }
            return exec.code.join();
        } finally {
            if (tty) {
                stty("sane");
            }
        }
    }

    private static void stty(String mode) {
        try {
            new ProcessBuilder("sh", "-c", "stty " + mode + " < /dev/tty").start().waitFor();
        } catch (IOException e) {
            throw new CommandFailure("error: cannot set the terminal: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void feed(WebSocket socket) {
        byte[] block = new byte[BLOCK];
        try {
            for (int n = System.in.read(block, 1, BLOCK - 1); n >= 0; n = System.in.read(block, 1, BLOCK - 1)) {
                block[0] = 0;
                socket.sendBinary(ByteBuffer.wrap(block, 0, n + 1), true).join();
            }
            socket.sendBinary(ByteBuffer.wrap(new byte[] {(byte) CLOSE, 0}), true).join();
        } catch (IOException e) {
            socket.abort();
        }
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        frame.writeBytes(part);
        if (last) {
            byte[] whole = frame.toByteArray();
            frame.reset();
            take(whole);
        }
        socket.request(1);
        return null;
    }

    private void take(byte[] whole) {
        if (whole.length == 0) {
            return;
        }
        switch (whole[0]) {
            case STDOUT -> {
                out.write(whole, 1, whole.length - 1);
                out.flush();
            }
            case STDERR -> {
                err.write(whole, 1, whole.length - 1);
                err.flush();
            }
            case ERROR -> end(Json.object(Arrays.copyOfRange(whole, 1, whole.length)));
            default -> {
            }
        }
    }

    private void end(Struct status) {
        if (status.text("status").equals("Success")) {
            code.complete(0);
            return;
        }
        String exit = status.struct("details").seq("causes").find("reason", "ExitCode").text("message");
        if (exit.isEmpty()) {
            err.println("error: " + status.text("message"));
        } else {
            err.println("command terminated with exit code " + exit);
        }
        code.complete(exit.isEmpty() ? 1 : Integer.parseInt(exit));
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        code.complete(status == WebSocket.NORMAL_CLOSURE ? 0 : 1);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        code.completeExceptionally(new CommandFailure("error: " + error.getMessage()));
    }
}
