package io.k3j.networkpolicy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// What runs in a network namespace that plays a pod: serves TCP and UDP ports, and tries flows on request. A request
/// is a line `PROTOCOL SOURCE TARGET PORT MILLIS`, the last for the answer to a datagram, its answer a line `passed`,
/// `refused` or `lost`.
final class PodProcess {
    private static final List<Integer> TCP = List.of(53, 80, 81, 8080);
    private static final List<Integer> UDP = List.of(53, 80);
    /// Echoes bytes as long as a connection stands.
    private static final int STANDING = 8_081;
    /// For connections, which kernels make by themselves, and for datagrams that nobody is to answer.
    static final int SILENCE_MILLIS = 1_000;
    /// Who has been let in is answered, however busy the machine is.
    static final int ANSWER_MILLIS = 30_000;

    private PodProcess() {
    }

    public static void main(String[] arguments) throws IOException {
        for (int port : TCP) {
            ServerSocket server = new ServerSocket(port);
            Thread.ofVirtual().start(() -> accept(server));
        }
        for (int port : UDP) {
            DatagramSocket socket = new DatagramSocket(port);
            Thread.ofPlatform().daemon().start(() -> echo(socket));
        }
        ServerSocket standing = new ServerSocket(STANDING);
        Thread.ofVirtual().start(() -> stand(standing));
        Socket kept = new Socket();
        System.out.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("on")) {
                System.out.println(echoed(kept));
                continue;
            }
            InetAddress from = InetAddress.ofLiteral(words[1]);
            InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral(words[2]), Integer.parseInt(words[3]));
            if (words[0].equals("begin")) {
                kept.connect(to, ANSWER_MILLIS);
                kept.setSoTimeout(ANSWER_MILLIS);
                System.out.println(echoed(kept));
            } else {
                System.out.println(
                        words[0].equals("tcp") ? tcp(from, to) : udp(from, to, Integer.parseInt(words[4])));
            }
        }
    }

    private static void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write('!');
            } catch (IOException e) {
                System.err.println(e);
            }
        }
    }

    private static void stand(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getInputStream().transferTo(client.getOutputStream());
            } catch (IOException e) {
                System.err.println(e);
            }
        }
    }

    private static String echoed(Socket socket) throws IOException {
        try {
            socket.getOutputStream().write('?');
            return socket.getInputStream().read() == '?' ? "passed" : "lost";
        } catch (SocketTimeoutException e) {
            return "lost";
        }
    }

    private static void echo(DatagramSocket socket) {
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(new byte[16], 16);
                socket.receive(packet);
                socket.send(packet);
            } catch (IOException e) {
                System.err.println(e);
            }
        }
    }

    private static String tcp(InetAddress from, InetSocketAddress to) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(to, SILENCE_MILLIS);
            return socket.getInputStream().read() == '!' ? "passed" : "lost";
        } catch (ConnectException | NoRouteToHostException e) {
            return "refused";
        } catch (SocketTimeoutException e) {
            return "lost";
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String udp(InetAddress from, InetSocketAddress to, int millis) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
            socket.setSoTimeout(millis);
            socket.connect(to);
            byte[] sent = "hello".getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(sent, sent.length));
            DatagramPacket packet = new DatagramPacket(new byte[16], 16);
            socket.receive(packet);
            return Arrays.equals(sent, Arrays.copyOf(packet.getData(), packet.getLength())) ? "passed" : "lost";
        } catch (PortUnreachableException e) {
            return "refused";
        } catch (SocketTimeoutException e) {
            return "lost";
        } catch (IOException e) {
            return e.toString();
        }
    }
}
