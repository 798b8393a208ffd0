package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import io.k3j.bench.Requests.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// One HTTP/2 connection behind TLS. Everything happens on its event loop; requests sent while bytes are being read go
/// out together.
final class Link extends ChannelInboundHandlerAdapter {
    private static final int REFILL = 1 << 29;
    private final CompletableFuture<Link> ready;
    private final IntObjectHashMap<Reply> replies = new IntObjectHashMap<>();
    private final IntObjectHashMap<Integer> statuses = new IntObjectHashMap<>();
    private final DefaultHttp2HeadersDecoder fields = new DefaultHttp2HeadersDecoder(false);
    private final ByteBuf head = Unpooled.buffer(Requests.FRAME_HEAD);
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;
    private ChannelHandlerContext context;
    private boolean reading;
    private int nextStream = 1;
    private int consumed;
    private int remaining = -1;
    private int type;
    private int flags;
    private int stream;

    /// `ready` is completed when the server has greeted back.
    Link(CompletableFuture<Link> ready, ChannelHandlerContext placeholder) {
        this.ready = ready;
        this.context = placeholder;
    }

    /// Greets; on the loop, after the handshake.
    void begin(ChannelHandlerContext ours) {
        context = ours;
        context.writeAndFlush(Requests.greeting(context.alloc()));
    }

    /// Sends a request from any thread.
    void send(Call call, Reply reply) {
        if (!context.executor().inEventLoop()) {
            context.executor().execute(() -> send(call, reply));
            return;
        }
        if (!context.channel().isActive()) {
            // later, for whoever answers an end with the next request
            context.executor().execute(() -> reply.end(-1));
            return;
        }
        int id = nextStream;
        nextStream += 2;
        replies.put(id, reply);
        context.write(Requests.request(context.alloc(), id, call), context.voidPromise());
        if (!reading) {
            context.flush();
        }
    }

    /// Runs something on its loop.
    void execute(Runnable action) {
        context.executor().execute(action);
    }

    void close() {
        context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Http2Exception {
        reading = true;
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable()) {
                take(in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        ctx.flush();
    }

    private void take(ByteBuf in) throws Http2Exception {
        if (remaining < 0) {
            head.writeBytes(in, Math.min(in.readableBytes(), Requests.FRAME_HEAD - head.writerIndex()));
            if (head.writerIndex() < Requests.FRAME_HEAD) {
                return;
            }
            remaining = head.getUnsignedMedium(0);
            type = head.getByte(3);
            flags = head.getByte(4);
            stream = head.getInt(5) & Integer.MAX_VALUE;
            head.clear();
            payload = type == Requests.DATA ? payload : Unpooled.buffer(remaining);
        }
        int some = Math.min(remaining, in.readableBytes());
        remaining -= some;
        if (type == Requests.DATA) {
            data(in, some);
        } else {
            payload.writeBytes(in, some);
        }
        if (remaining == 0) {
            remaining = -1;
            complete();
        }
    }

    private void data(ByteBuf in, int some) {
        Reply reply = replies.get(stream);
        if (reply == null) {
            in.skipBytes(some);
        } else {
            reply.data(in, some);
        }
        consumed += some;
        if (consumed >= REFILL) {
            context.write(Requests.frame(context.alloc().buffer(), 4, Requests.WINDOW_UPDATE, 0, 0)
                    .writeInt(consumed));
            consumed = 0;
        }
    }

    private void complete() throws Http2Exception {
        switch (type) {
            case Requests.HEADERS -> statuses.put(stream,
                    Integer.valueOf(fields.decodeHeaders(stream, payload).status().toString()));
            case Requests.SETTINGS -> settings();
            case Requests.PING -> acknowledge(8);
            case Requests.RESET -> end(-1);
            case Requests.GO_AWAY -> context.close();
            default -> {
            }
        }
        if ((type == Requests.DATA || type == Requests.HEADERS) && (flags & Requests.END_STREAM) != 0) {
            Integer status = statuses.remove(stream);
            end(status == null ? -1 : status);
        }
    }

    private void settings() {
        acknowledge(0);
        ready.complete(this);
    }

    private void acknowledge(int length) {
        if ((flags & Requests.ACK) == 0) {
            context.writeAndFlush(Requests.frame(context.alloc().buffer(), length, type, Requests.ACK, 0)
                    .writeBytes(payload, 0, length));
        }
    }

    private void end(int status) {
        Reply reply = replies.remove(stream);
        if (reply != null) {
            reply.end(status);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ready.completeExceptionally(new IllegalStateException("the connection was closed"));
        List<Reply> open = new ArrayList<>(replies.values());
        replies.clear();
        open.forEach(reply -> reply.end(-1));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ready.completeExceptionally(cause);
        ctx.close();
    }
}
