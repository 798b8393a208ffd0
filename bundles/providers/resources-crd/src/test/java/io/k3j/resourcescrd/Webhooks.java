package io.k3j.resourcescrd;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.metricstext.CustomResourceMetrics;
import io.k3j.testkit.FakeApi;
import io.k3j.webhookclient.ServiceEndpoints;
import io.k3j.webhookclient.WebhookClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Random;
import java.util.UUID;

/// Ways to conversion webhooks of this machine.
final class Webhooks {
    private Webhooks() {
    }

    private record Wire(Socket socket, InputStream input, OutputStream output) implements ByteDuplex {
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Dialer implements NodeDialer {
        @Override
        public ByteDuplex dial(String node, String host, int port) throws IOException {
            Socket socket = new Socket(host, port);
            return new Wire(socket, socket.getInputStream(), socket.getOutputStream());
        }

        @Override
        public ByteDuplex dialKubelet(String node, String host, int port) throws IOException {
            throw new IOException("no kubelet here");
        }
    }

    /// A client without a way anywhere.
    static ConversionWebhook none() {
        return new ConversionWebhook(client(FakeApi.live()), UUID::randomUUID,
                new CustomResourceMetrics(System::nanoTime));
    }

    static WebhookClient client(FakeApi api) {
        return new WebhookClient(new ServiceEndpoints(api, new Random(1)), ConversionWebhook.limits(),
                System::nanoTime);
    }

    static WebhookClient dialling(FakeApi api) {
        WebhookClient client = client(api);
        client.dialer(new Dialer());
        return client;
    }
}
