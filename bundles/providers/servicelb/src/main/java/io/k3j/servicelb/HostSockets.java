package io.k3j.servicelb;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The sockets of this network namespace that wait for packets, as the kernel lists them
/// (<https://docs.kernel.org/networking/proc_net_tcp.html>, `proc_pid_net(5)`).
final class HostSockets {
    /// More lines of one file are not read; what is beyond counts as not looked at.
    private static final int MOST_LINES = 200_000;
    private static final String LISTENING = "0A";
    private static final String UNCONNECTED = "07";
    private static final String SCTP_LISTENING = "10";
    private final Path net;

    /// @param proc `/proc`
    HostSockets(Path proc) {
        this.net = proc.resolve("net");
    }

    /// Those on some ports; a protocol that the kernel does not have has none.
    ///
    /// @throws IOException when a list cannot be read, or is longer than is read
    List<HostSocket> on(Set<BalancedPort> wanted) throws IOException {
        List<HostSocket> all = new ArrayList<>();
        for (String file : List.of("tcp", "tcp6", "udp", "udp6", "sctp/eps")) {
            Path list = net.resolve(file);
            String protocol = file.substring(0, file.startsWith("sctp") ? 4 : 3);
            if (wanted.stream().anyMatch(p -> p.protocol().equals(protocol)) && Files.exists(list)) {
                read(list, protocol, wanted, all);
            }
        }
        return all;
    }

    private static void read(Path list, String protocol, Set<BalancedPort> wanted, List<HostSocket> all)
            throws IOException {
        try (BufferedReader in = Files.newBufferedReader(list, StandardCharsets.US_ASCII)) {
            in.readLine();
            int lines = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (++lines > MOST_LINES) {
                    throw new IOException(list + " has more than " + MOST_LINES + " lines");
                }
                String[] words = line.strip().split("\\s+");
                // listening sockets come first; there may be very many connections behind them
                if (protocol.equals("tcp") && !words[3].equals(LISTENING)) {
                    return;
                }
                if (protocol.equals("sctp")) {
                    endpoint(words, wanted, all);
                } else if (protocol.equals("tcp") || words[3].equals(UNCONNECTED)) {
                    socket(words, protocol, wanted, all);
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(list + " is not what the kernel is known to write: " + e.getMessage(), e);
        }
    }

    /// `0: 0100007F:1F90 00000000:0000 0A … inode …`: addresses in words of the machine's byte order.
    private static void socket(String[] words, String protocol, Set<BalancedPort> wanted, List<HostSocket> all)
            throws UnknownHostException {
        int colon = words[1].indexOf(':');
        int number = Integer.parseInt(words[1].substring(colon + 1), 16);
        if (number > 0 && wanted.contains(new BalancedPort(protocol, number))) {
            all.add(new HostSocket(new BalancedPort(protocol, number), address(words[1].substring(0, colon)),
                    Long.parseLong(words[9])));
        }
    }

    private static InetAddress address(String hex) throws UnknownHostException {
        byte[] raw = HexFormat.of().parseHex(hex);
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            for (int i = 0; i < raw.length; i += 4) {
                swap(raw, i, i + 3);
                swap(raw, i + 1, i + 2);
            }
        }
        return InetAddress.getByAddress(raw);
    }

    private static void swap(byte[] raw, int one, int other) {
        byte kept = raw[one];
        raw[one] = raw[other];
        raw[other] = kept;
    }

    /// `ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS`
    private static void endpoint(String[] words, Set<BalancedPort> wanted, List<HostSocket> all) {
        BalancedPort port = new BalancedPort("sctp", Integer.parseInt(words[5]));
        if (words[3].equals(SCTP_LISTENING) && wanted.contains(port)) {
            for (int i = 8; i < words.length; i++) {
                all.add(new HostSocket(port, InetAddress.ofLiteral(words[i]), Long.parseLong(words[7])));
            }
        }
    }
}
