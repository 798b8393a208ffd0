package io.k3j.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// A closed loop of HTTP/1.1 requests whose answers are all alike: one in flight on each connection, the next from the
/// same event loop. It knows an answer by its length only, so that it costs little.
final class HttpLoad implements AutoCloseable {
    private static final double LOOK_SECONDS = 0.1;
    private static final int LOOKS = 600;
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final LongAdder failed = new LongAdder();
    private final ByteBuf request;
    private volatile Histogram latencies = new Histogram();
    private volatile boolean going = true;

    /// @param host of every request
    HttpLoad(String host) {
        request = Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("GET /bench HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n", StandardCharsets.US_ASCII));
    }

    /// CPU time of the process that is measured.
    interface Cpu {
        /// Nanoseconds so far.
        long nanos() throws IOException;
    }

    /// Runs `warm` seconds unmeasured, then `seconds`.
    Load.Reached run(int port, int connections, double warm, double seconds, Cpu cpu)
            throws IOException, InterruptedException {
        List<Channel> all = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            all.add(connect(port));
        }
        Pauses.seconds(warm);
        first(latencies);
        long server = cpu.nanos();
        long client = Load.own();
        long begin = System.nanoTime();
        latencies = new Histogram();
        Pauses.seconds(seconds);
        Histogram measured = latencies;
        first(measured);
        latencies = new Histogram();
        double took = (System.nanoTime() - begin) / 1e9;
        server = cpu.nanos() - server;
        client = Load.own() - client;
        going = false;
        all.forEach(channel -> channel.close().awaitUninterruptibly());
        double count = Math.max(1, measured.count());
        return new Load.Reached(measured.count() / took, measured, server / 1e3 / count, client / 1e3 / count,
                failed.sum());
    }

    /// However short a measurement is, a process that has only begun, on a busy machine, is waited for; not for ever.
    private static void first(Histogram answers) throws InterruptedException {
        for (int i = 0; i < LOOKS && answers.count() == 0; i++) {
            Pauses.seconds(LOOK_SECONDS);
        }
    }

    private Channel connect(int port) throws InterruptedException {
        return new Bootstrap().group(group).channel(EpollSocketChannel.class).option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Asker());
                    }
                }).connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)).sync().channel();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private final class Asker extends ChannelInboundHandlerAdapter {
        private final StringBuilder first = new StringBuilder();
        private int whole;
        private int got;
        private long asked;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            ask(context);
        }

        private void ask(ChannelHandlerContext context) {
            got = 0;
            asked = System.nanoTime();
            context.writeAndFlush(request.duplicate());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            got += bytes.readableBytes();
            if (whole == 0) {
                learn(bytes);
            }
            bytes.release();
            if (whole > 0 && got >= whole) {
                latencies.add(System.nanoTime() - asked);
                if (got > whole) {
                    failed.increment();
                }
                ask(context);
            }
        }

        /// The length of an answer, from the first one.
        private void learn(ByteBuf bytes) {
            first.append(bytes.toString(StandardCharsets.US_ASCII));
            int head = first.indexOf("\r\n\r\n");
            if (head < 0) {
                return;
            }
            String fields = first.substring(0, head).toLowerCase(Locale.ROOT);
            int length = fields.indexOf("content-length: ");
            if (!fields.startsWith("http/1.1 200") || length < 0) {
                failed.increment();
            } else {
                whole = head + 4 + Integer.parseInt(fields.substring(length + 16).split("\r\n", 2)[0].strip());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (going) {
                failed.increment();
            }
        }
    }
}
