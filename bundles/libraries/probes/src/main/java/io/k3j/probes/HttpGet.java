package io.k3j.probes;

import io.k3j.pki.Trust;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import javax.net.ssl.SSLSocket;

/// A GET as upstream's HTTP probe makes it, over HTTP/1.1 and a connection of its own. For one thread; the [Attempt]
/// bounds its time. What the other side sends is bounded before it is read.
///
/// Redirects to the same host, on any port, are followed; one to another host is the answer, so that a server cannot
/// have the node ask others: upstream's `RedirectChecker`.
final class HttpGet {
    /// Bytes of a line of the head; a longer one is an error.
    private static final int MAX_HEAD_LINE = 8 * 1024;
    /// Bytes of the whole head.
    private static final int MAX_HEAD = 256 * 1024;
    /// Bytes of a body, upstream's bound.
    private static final int MAX_BODY = 10 * 1024;
    /// Requests of one probe, upstream's bound.
    private static final int MAX_REQUESTS = 10;
    private static final String LOCATION = "Location:";
    private static final String LENGTH = "Content-Length:";
    /// What the grammar of URLs has nowhere, beside blanks, control characters and what is not ASCII.
    private static final String ILLEGAL = "\"<>\\^`{|}";
    private static final byte DELETE = 0x7f;
    private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);
    private final Attempt attempt;
    private final Map<String, List<String>> headers;
    /// Bytes of the present head that may still come.
    private int left;

    /// @param headers are sent as they are, with each request; by names whose case does not count
    HttpGet(Attempt attempt, SortedMap<String, List<String>> headers) {
        this.attempt = attempt;
        this.headers = headers;
    }

    /// What came.
    ///
    /// @param body the beginning of a redirect's that was not followed, as far as its length was told; else empty
    record Reply(int status, String body) {
    }

    /// A server of HTTP where one of HTTPS was asked. In Go's words.
    static final class PlainAnswer extends IOException {
        private static final long serialVersionUID = 1L;

        PlainAnswer(IOException cause) {
            super("http: server gave HTTP response to HTTPS client", cause);
        }
    }

    /// What came before the body.
    private record Head(int status, String location, int length, InputStream body) {
    }

    /// TLS is not verified, as kubelets never did for probes: a container's certificate is for its service's name, not
    /// for a pod's address.
    ///
    /// @param host a name, which is resolved by the node, or an address without brackets
    /// @param path with its query, a slash being put before it when missing; what may not stand in a URL is escaped
    /// @return the last answer, with the status as it came, of any number
    /// @throws PlainAnswer when the answer to TLS is one of HTTP
    /// @throws IOException when there is no answer, none of HTTP, or one redirect too many
    Reply get(boolean tls, String host, int port, String path) throws IOException {
        URI asked = uri(url(tls, host, port, path));
        headers.putIfAbsent("Host", List.of(bracketed(host) + ":" + port));
        Head answer = ask(tls, host, port, target(asked));
        for (int requests = 1; REDIRECTS.contains(answer.status()) && !answer.location().isEmpty(); requests++) {
            URI location = uri(escaped(answer.location(), ILLEGAL));
            URI next = asked.resolve(location);
            if (!bracketed(host).equals(next.getHost())) {
                break;
            }
            if (requests >= MAX_REQUESTS) {
                throw new IOException("stopped after " + MAX_REQUESTS + " redirects");
            }
            if (location.isAbsolute()) {
                // a Host of the user's stays only while the server names no host itself, as in Go's client
                headers.put("Host", List.of(next.getHost() + (next.getPort() < 0 ? "" : ":" + next.getPort())));
            }
            asked = next;
            answer = ask(asked, host);
        }
        return reply(answer);
    }

    /// What is asked for, as a URL with what may not stand in one escaped.
    static String url(boolean tls, String host, int port, String path) {
        return (tls ? "https://" : "http://") + bracketed(host) + ":" + port
                + escaped(path.startsWith("/") ? path : "/" + path, ILLEGAL + "[]");
    }

    private static Reply reply(Head answer) throws IOException {
        boolean redirect = answer.status() >= 300 && answer.status() < 400;
        return new Reply(answer.status(), redirect
                ? new String(answer.body().readNBytes(answer.length()), StandardCharsets.UTF_8) : "");
    }

    /// A host as a URL has it: an address of IPv6 in brackets.
    static String bracketed(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /// A path of a user or a server with what is not of the grammar in the form it may have, as Go's client sends it.
    private static String escaped(String text, String illegal) {
        StringBuilder b = new StringBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            byte c = bytes[i];
            boolean stray = c == '%' && !(i + 2 < bytes.length && HexFormat.isHexDigit(bytes[i + 1])
                    && HexFormat.isHexDigit(bytes[i + 2]));
            if (c <= ' ' || c == DELETE || stray || illegal.indexOf(c) >= 0) {
                b.append('%').append(HexFormat.of().withUpperCase().toHexDigits(c));
            } else {
                b.append((char) c);
            }
        }
        return b.toString();
    }

    private static URI uri(String text) throws IOException {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IOException("failed to parse Location header \"" + text + "\": " + e.getMessage(), e);
        }
    }

    private Head ask(URI next, String host) throws IOException {
        String scheme = next.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IOException("unsupported protocol scheme \"" + scheme + "\"");
        }
        boolean tls = scheme.equals("https");
        int port = next.getPort() >= 0 ? next.getPort() : tls ? 443 : 80;
        return ask(tls, host, port, target(next));
    }

    private static String target(URI asked) {
        String path = asked.getRawPath().startsWith("/") ? asked.getRawPath() : "/" + asked.getRawPath();
        return asked.getRawQuery() == null ? path : path + "?" + asked.getRawQuery();
    }

    private Head ask(boolean tls, String host, int port, String target) throws IOException {
        OverheardSocket plain = attempt.own(new OverheardSocket());
        try {
            plain.connect(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw DialFailure.of(host, port, e);
        }
        StringBuilder b = new StringBuilder("GET ").append(target).append(" HTTP/1.1\r\n");
        headers.forEach((k, all) -> all.forEach(v -> b.append(k).append(": ").append(v).append("\r\n")));
        byte[] request = b.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8);
        try {
            Socket s = tls ? secured(plain, host, port) : plain;
            s.getOutputStream().write(request);
            return head(new BufferedInputStream(s.getInputStream()));
        } catch (SocketException e) {
            throw DialFailure.broken(plain, e);
        }
    }

    private static Socket secured(OverheardSocket plain, String host, int port) throws IOException {
        // a probe asks whether somebody answers, not who
        SSLSocket s = (SSLSocket) Trust.anybody().getSocketFactory().createSocket(plain, host, port, true);
        try {
            s.startHandshake();
        } catch (IOException e) {
            if (plain.began().equals("HTTP/")) {
                throw new PlainAnswer(e);
            }
            throw e;
        }
        return s;
    }

    /// The status line, then the fields, of which two are of interest. HTTP/1.0 answers alike.
    private Head head(InputStream in) throws IOException {
        left = MAX_HEAD;
        String first = line(in);
        List<String> words = List.of(first.split(" ", 3));
        if (words.size() < 2 || !first.startsWith("HTTP/")) {
            throw new IOException("malformed HTTP response \"" + first + "\"");
        }
        String location = "";
        String length = "";
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            location = location.isEmpty() ? value(line, LOCATION) : location;
            length = length.isEmpty() ? value(line, LENGTH) : length;
        }
        try {
            return new Head(Integer.parseInt(words.get(1)), location, length(length), in);
        } catch (NumberFormatException e) {
            throw new IOException("malformed HTTP status code \"" + words.get(1) + "\"", e);
        }
    }

    private static String value(String line, String name) {
        return line.regionMatches(true, 0, name, 0, name.length()) ? line.substring(name.length()).strip() : "";
    }

    /// @return of a body, at most [#MAX_BODY]; 0 when it is not told
    private static int length(String told) {
        boolean number = !told.isEmpty() && told.length() < 10 && told.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Math.min(MAX_BODY, Integer.parseInt(told)) : 0;
    }

    /// A line without its end; a carriage return anywhere is dropped.
    private String line(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || out.size() > MAX_HEAD_LINE || --left < 0) {
                throw new IOException(c < 0 ? "EOF" : "header too long");
            }
            if (c != '\r') {
                out.write(c);
            }
        }
        left--;
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
