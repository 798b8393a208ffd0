package io.k3j.kubeproxy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A server that tells each client its own name and who the client is: `name address`.
final class PeerServer {
    private PeerServer() {
    }

    /// Serves until it is killed.
    ///
    /// @param arguments its name and port
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[1]))) {
            System.out.println("ready");
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    String said = arguments[0] + " " + client.getInetAddress().getHostAddress() + "\n";
                    client.getOutputStream().write(said.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }
}
