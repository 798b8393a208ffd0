package io.k3j.agentitest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// TCP connections one after the other, for a test to run in a network namespace: `serve ADDRESS PORT` answers each with
/// one byte, `count ADDRESS PORT MILLIS` prints how many were opened, answered and closed in a second.
final class Connections {
    private static final int BACKLOG = 1_024;
    private static final long WARM_MILLIS = 500;

    private Connections() {
    }

    public static void main(String[] words) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(words[1]), Integer.parseInt(words[2]));
        if (words[0].equals("serve")) {
            serve(address);
        }
        open(address, WARM_MILLIS);
        long millis = Long.parseLong(words[3]);
        System.out.println(open(address, millis) * 1_000 / millis);
    }

    private static void serve(InetSocketAddress address) throws IOException {
        try (ServerSocket socket = new ServerSocket(address.getPort(), BACKLOG, address.getAddress())) {
            while (true) {
                try (Socket one = socket.accept()) {
                    one.getOutputStream().write('x');
                }
            }
        }
    }

    private static long open(InetSocketAddress address, long millis) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000;
        long count = 0;
        while (System.nanoTime() < end) {
            try (Socket one = new Socket()) {
                // a reset leaves no port that waits
                one.setSoLinger(true, 0);
                one.connect(address);
                count += one.getInputStream().read() == 'x' ? 1 : 0;
            }
        }
        return count;
    }
}
