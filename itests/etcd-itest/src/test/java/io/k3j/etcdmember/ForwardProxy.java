package io.k3j.etcdmember;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A proxy that opens tunnels (`CONNECT`) for those who show a login, or for all when it is empty.
public final class ForwardProxy implements AutoCloseable {
    private final ServerSocket door;
    private final String login;
    private final List<String> targets = new CopyOnWriteArrayList<>();

    private ForwardProxy(ServerSocket door, String login) {
        this.door = door;
        this.login = login;
    }

    /// On a free port, or on that one.
    public static ForwardProxy start(int port, String login) throws IOException {
        ForwardProxy proxy = new ForwardProxy(new ServerSocket(port, 0, InetAddress.getLoopbackAddress()), login);
        Thread.startVirtualThread(proxy::accept);
        return proxy;
    }

    /// In a process of its own, with a port and a login; prints each tunnel it opens.
    public static void main(String[] args) throws IOException {
        try (ServerSocket door = new ServerSocket(Integer.parseInt(args[0]), 0, InetAddress.getLoopbackAddress())) {
            new ForwardProxy(door, args[1]).accept();
        }
    }

    /// A shell script that starts it as a process, and stays.
    static Path script(Path directory, int port, String login) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Files.writeString(directory.resolve("proxy.sh"), "exec '" + java + "' -cp '"
                + System.getProperty("java.class.path") + "' " + ForwardProxy.class.getName() + " " + port + " " + login
                + "\n");
    }

    /// `host:port`.
    public String address() {
        return "127.0.0.1:" + door.getLocalPort();
    }

    /// Where tunnels were opened to.
    public List<String> targets() {
        return targets;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Thread.startVirtualThread(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            List<String> head = head(client.getInputStream());
            OutputStream answer = client.getOutputStream();
            String shown = "Proxy-Authorization: Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
            if (!login.isEmpty() && !head.contains(shown)) {
                answer.write(bytes("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                        + "Content-Length: 0\r\nConnection: close\r\n\r\n"));
                return;
            }
            String target = head.getFirst().split(" ")[1];
            targets.add(target);
            System.out.println("tunnel to " + target);
            answer.write(bytes("HTTP/1.1 200 Yes\r\n\r\n"));
            carry(client, target);
        } catch (IOException gone) {
            System.out.println(gone.getMessage());
        }
    }

    private static void carry(Socket client, String target) throws IOException {
        int colon = target.lastIndexOf(':');
        try (Socket server = new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)))) {
            Thread.startVirtualThread(() -> copy(server, client));
            client.getInputStream().transferTo(server.getOutputStream());
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from; to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException gone) {
            System.out.println(gone.getMessage());
        }
    }

    private static List<String> head(InputStream in) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII), 1);
        List<String> head = new ArrayList<>();
        for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
            head.add(line);
        }
        return head;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
