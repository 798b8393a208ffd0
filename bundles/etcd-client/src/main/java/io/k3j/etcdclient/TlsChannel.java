package io.k3j.etcdclient;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// A TLS connection for HTTP/2 as a blocking channel; one thread reads while another writes.
final class TlsChannel implements ByteChannel {
    private final Socket plain;
    private final InputStream in;
    private final OutputStream out;
    private volatile boolean open = true;

    private TlsChannel(Socket plain, SSLSocket secure) throws IOException {
        this.plain = plain;
        in = secure.getInputStream();
        out = secure.getOutputStream();
    }

    /// Connects, checks that the certificate is the host's, and agrees on `h2`.
    static TlsChannel connect(URI endpoint, SSLContext tls, int millis) throws IOException {
        Socket plain = new Socket();
        try {
            plain.setTcpNoDelay(true);
            plain.setKeepAlive(true);
            long begun = System.nanoTime();
            plain.connect(new InetSocketAddress(host(endpoint), endpoint.getPort()), millis);
            plain.setSoTimeout((int) Math.max(1, millis - (System.nanoTime() - begun) / 1_000_000));
            SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(plain, host(endpoint),
                    endpoint.getPort(), true);
            SSLParameters wanted = secure.getSSLParameters();
            wanted.setApplicationProtocols(new String[] {"h2"});
            wanted.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(wanted);
            secure.startHandshake();
            plain.setSoTimeout(0);
            return new TlsChannel(plain, secure);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /// The host without the brackets of an IPv6 address.
    static String host(URI endpoint) {
        String host = endpoint.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int n = in.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
        if (n > 0) {
            into.position(into.position() + n);
        }
        return n;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int n = from.remaining();
        out.write(from.array(), from.arrayOffset() + from.position(), n);
        from.position(from.limit());
        return n;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /// Without TLS' farewell, which could block behind a peer that does not read.
    @Override
    public void close() throws IOException {
        open = false;
        plain.close();
    }
}
