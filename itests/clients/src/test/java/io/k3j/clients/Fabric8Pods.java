package io.k3j.clients;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The fabric8 client.
final class Fabric8Pods implements PodClient {
    private static final long LIMIT_SECONDS = 120;
    private final KubernetesClient client;

    Fabric8Pods(Path kubeconfig) {
        client = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig.toFile())).build();
    }

    private PodResource pod() {
        return client.pods().inNamespace(NAMESPACE).withName(POD);
    }

    @Override
    public String log() {
        return pod().getLog();
    }

    @Override
    public Ran exec(byte[] input, String... command) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        try (ExecWatch run = pod().redirectingInput().writingOutput(output).writingError(errors).exec(command)) {
            try (OutputStream in = run.getInput()) {
                in.write(input);
            }
            int code = run.exitCode().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return new Ran(code, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
        }
    }

    @Override
    public Forwarded forward(int port) throws Exception {
        LocalPortForward forward = pod().portForward(port);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), forward.getLocalPort());
        return new Forwarded(socket.getOutputStream(), socket.getInputStream(), () -> {
            socket.close();
            forward.close();
        });
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return "fabric8";
    }
}
