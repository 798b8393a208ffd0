package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsMessageReader;
import io.k3j.dnsmessage.DnsQuery;
import io.k3j.metricstext.Histogram;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One resolver that `forward` asks. Each query has a port and an id of its own, and only a response to that very
/// question counts (RFC 5452). For any thread; [#ask] blocks for the time-out at most.
///
/// With TLS the certificate has to be valid for the name the Corefile says, or for the address; nothing is asked
/// without it. A response to another question is not an error but somebody who guesses: over UDP the wait for the
/// right one goes on.
public final class Upstream {
    private static final int LARGEST = 65_535;
    private static final int TLS_PORT = 853;
    private static final int PORT = 53;
    private static final double[] SECONDS = Histogram.doubling(0.00025, 16);
    private final InetSocketAddress address;
    private final boolean tls;
    private final String serverName;
    private final AtomicInteger fails = new AtomicInteger();
    private final LongAdder failedChecks = new LongAdder();
    private final Histogram seconds = new Histogram(SECONDS);

    /// @param serverName what the certificate has to be for with `tls`; empty for the address
    Upstream(InetSocketAddress address, boolean tls, String serverName) {
        this.address = address;
        this.tls = tls;
        this.serverName = serverName;
    }

    /// As Corefiles write it: `10.0.0.1`, `10.0.0.1:54`, `[fd00::1]:53`, `dns://…`, `tls://9.9.9.9%dns.quad9.net`.
    /// @param serverName of the option `tls_servername`; empty for none
    /// @throws IllegalArgumentException for another form, or a host name
    /// @throws UnsupportedOperationException for another protocol, as `https://`
    public static Upstream parse(String text, String serverName) {
        boolean tls = text.startsWith("tls://");
        String rest = tls ? text.substring("tls://".length())
                : text.startsWith("dns://") ? text.substring("dns://".length()) : text;
        if (rest.contains("://")) {
            throw new UnsupportedOperationException("forward to " + text.substring(0, text.indexOf("://") + 3));
        }
        String name = serverName;
        int port = tls ? TLS_PORT : PORT;
        int colon = rest.lastIndexOf(':');
        boolean hasPort = colon >= 0 && (rest.indexOf(':') == colon || rest.charAt(colon - 1) == ']');
        if (hasPort) {
            port = Integer.parseInt(rest.substring(colon + 1));
            rest = rest.substring(0, colon);
        }
        int percent = tls ? rest.indexOf('%') : -1;
        if (percent >= 0) {
            name = rest.substring(percent + 1);
            rest = rest.substring(0, percent);
        }
        String host = rest.startsWith("[") && rest.endsWith("]") ? rest.substring(1, rest.length() - 1) : rest;
        return new Upstream(new InetSocketAddress(java.net.InetAddress.ofLiteral(host), port), tls, name);
    }

    /// Where it listens.
    InetSocketAddress address() {
        return address;
    }

    /// Whether it may be asked: it has not failed `most` times in a row; 0 for always.
    /// @param most of the option `max_fails`
    public boolean healthy(int most) {
        return most == 0 || fails.get() < most;
    }

    /// Whether the last question had no response.
    boolean failing() {
        return fails.get() > 0;
    }

    /// Counts a health check without a response.
    void checkFailed() {
        failedChecks.increment();
    }

    /// Counts the time of a question, in nanoseconds.
    void took(long nanos) {
        seconds.add(nanos);
    }

    /// How many health checks had no response.
    public long failedChecks() {
        return failedChecks.sum();
    }

    /// How long questions took.
    public Histogram seconds() {
        return seconds;
    }

    /// The response as bytes.
    /// @param query with its id
    /// @param asked the question of that query
    /// @param tcp whether UDP is left out; with TLS it always is
    /// @param millis to wait in all; over TCP for connecting and for each read
    /// @return a message of a header at least that answers the question
    /// @throws IOException when none comes in time, saying what was tried
    byte[] ask(byte[] query, DnsQuery asked, boolean tcp, int millis) throws IOException {
        try {
            byte[] response = tcp || tls ? byTcp(query, asked, millis) : byUdp(query, asked, millis);
            fails.set(0);
            return response;
        } catch (IOException e) {
            fails.incrementAndGet();
            throw new IOException((tls ? "tls " : tcp ? "tcp " : "udp ") + address.getAddress().getHostAddress() + ":"
                    + address.getPort() + ": " + e.getMessage(), e);
        }
    }

    /// Messages from elsewhere do not arrive at a connected socket; those to another question are dropped.
    private byte[] byUdp(byte[] query, DnsQuery asked, int millis) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(address);
            long until = System.nanoTime() + millis * 1_000_000L;
            socket.send(new DatagramPacket(query, query.length));
            DatagramPacket answer = new DatagramPacket(new byte[LARGEST], LARGEST);
            while (true) {
                int left = (int) ((until - System.nanoTime()) / 1_000_000L);
                socket.setSoTimeout(Math.max(1, left));
                socket.receive(answer);
                byte[] message = Arrays.copyOf(answer.getData(), answer.getLength());
                if (message.length >= DnsQuery.HEADER && matches(message, query, asked)) {
                    return message;
                }
                if (left <= 0) {
                    throw new IOException("no response to this question");
                }
            }
        }
    }

    /// One connection for one question, with the length before each message (RFC 1035 §4.2.2).
    private byte[] byTcp(byte[] query, DnsQuery asked, int millis) throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(address, millis);
            plain.setSoTimeout(millis);
            try (Socket socket = tls ? secured(plain) : plain) {
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                byte[] framed = new byte[query.length + 2];
                framed[0] = (byte) (query.length >> 8);
                framed[1] = (byte) query.length;
                System.arraycopy(query, 0, framed, 2, query.length);
                out.write(framed);
                out.flush();
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] message = new byte[in.readUnsignedShort()];
                in.readFully(message);
                if (message.length < DnsQuery.HEADER || !matches(message, query, asked)) {
                    throw new IOException("a response to another question");
                }
                return message;
            }
        }
    }

    /// Id, name, type and class have to be those of the query (RFC 5452 §9.1).
    private static boolean matches(byte[] message, byte[] query, DnsQuery asked) {
        return DnsMessageReader.answers(message, (query[0] & 0xFF) << 8 | query[1] & 0xFF, asked.name(), asked.type());
    }

    /// DNS over TLS (RFC 7858) with the certificate checked for the name.
    private Socket secured(Socket plain) throws IOException {
        String host = serverName.isEmpty() ? address.getAddress().getHostAddress() : serverName;
        SSLSocket socket = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, host,
                address.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /// Address and port, as metrics name it; IPv6 in brackets.
    @Override
    public String toString() {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
