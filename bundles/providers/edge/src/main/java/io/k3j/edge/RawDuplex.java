package io.k3j.edge;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// An upgraded connection: bytes in both directions, each with back-pressure from the slower end.
final class RawDuplex extends ChannelInboundHandlerAdapter implements ByteDuplex, Protocol {
    private static final long RECHECK_NANOS = 1_000_000_000L;

    private final HttpExchange exchange;
    private final ClientConnection client;
    private final Channel channel;
    private final RequestBody input;
    private final Output output = new Output();
    private volatile boolean closed;

    RawDuplex(HttpExchange exchange, ClientConnection client) {
        this.exchange = exchange;
        this.client = client;
        this.channel = client.channel();
        this.input = new RequestBody(-1, this::readMore).withoutIdleTimeout();
    }

    private void readMore() {
        client.outbox().post(new Message() {
            @Override
            void send() {
                channel.read();
            }
        });
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        input.end();
        output.wakeWriter();
        client.outbox().post(new Message() {
            @Override
            void send() {
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        });
        exchange.answered();
    }

    /// Takes the connection over; on its event loop.
    void takeOver() {
        client.setProtocol(this);
    }

    /// Called when the client has closed.
    void peerGone() {
        input.end();
        output.wakeWriter();
    }

    @Override
    public void flush() {
        channel.flush();
    }

    /// An upgraded connection has no natural end: it stays open for the whole drain time.
    @Override
    public void drain() {
        // the port closes it when that time is over
    }

    @Override
    public void abandon(Endpoint endpoint) {
        if (exchange.endpoint() == endpoint) {
            close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            input.feed(ByteBufUtil.getBytes((ByteBuf) message));
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!input.full()) {
            context.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        input.end();
        exchange.clientGone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /// The stream to the client.
    private final class Output extends OutputStream {
        private final AtomicInteger pending = new AtomicInteger();
        private volatile @Nullable Thread blockedWriter;

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            int at = offset;
            while (at < offset + length) {
                awaitRoom();
                int end = Math.min(offset + length, at + Limits.PIECE_BYTES);
                post(Arrays.copyOfRange(from, at, end));
                at = end;
            }
        }

        private void post(byte[] bytes) {
            pending.addAndGet(bytes.length);
            client.outbox().post(new Data(bytes));
        }

        private void awaitRoom() throws IOException {
            while (open() && pending.get() > Limits.PENDING_BYTES) {
                blockedWriter = Thread.currentThread();
                if (open() && pending.get() > Limits.PENDING_BYTES) {
                    LockSupport.parkNanos(this, RECHECK_NANOS);
                }
                blockedWriter = null;
                if (Thread.currentThread().isInterrupted()) {
                    throw new IOException("interrupted");
                }
            }
            if (!open()) {
                throw new IOException("the connection is closed");
            }
        }

        private boolean open() {
            return !closed && !exchange.gone();
        }

        void wakeWriter() {
            Thread thread = blockedWriter;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void close() {
            RawDuplex.this.close();
        }

        /// Bytes queued for the client.
        private final class Data extends Message implements ChannelFutureListener {
            private final byte[] bytes;

            Data(byte[] bytes) {
                this.bytes = bytes;
            }

            @Override
            void send() {
                channel.write(Unpooled.wrappedBuffer(bytes)).addListener(this);
            }

            @Override
            public void operationComplete(ChannelFuture sent) {
                pending.addAndGet(-bytes.length);
                wakeWriter();
            }
        }
    }
}
