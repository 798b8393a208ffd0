package io.k3j.agent;

import io.k3j.testkitprocess.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server that sends its name on each connection, then echoes all bytes. Nobody else listens on its port when it has
/// died.
final class Echo implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    Echo(char name) throws IOException {
        listener = new ServerSocket(FreePort.next(), 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Thread.ofVirtual().start(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    open.add(socket);
                    Thread.ofVirtual().start(() -> serve(socket, name));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private static void serve(Socket socket, char name) {
        try (socket) {
            socket.getOutputStream().write(name);
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException cut) {
            // the test closed the connection
        }
    }

    void die() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
        // the kernel keeps accepting connections until the accepting thread has noticed the close
        boolean taken = true;
        while (taken) {
            try (Socket last = new Socket("127.0.0.1", listener.getLocalPort())) {
                taken = last.isConnected();
            } catch (ConnectException refused) {
                taken = false;
            } catch (SocketException reset) {
                // closed while the connection was being made: the next one is refused
                taken = true;
            }
        }
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        die();
    }
}
