package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a server may send is given back even when the way to the server was full at that moment.
@Timeout(120)
class GrpcWindowTest {
    private static final int PREFACE = 24;
    private static final int FRAME = 16_384;
    private static final int REQUEST = 64 << 20;
    private static final int UPDATE_AFTER = 1 << 24;

    @Test
    void owesAWindowUpdateThatFoundNoRoom() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SocketChannel channel = SocketChannel.open()) {
            channel.connect(new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort()));
            try (Socket socket = listening.accept();
                    GrpcConnection connection = new GrpcConnection(channel, "test")) {
                socket.setSoTimeout(20_000);
                Server server = new Server(socket);
                server.in.skipNBytes(PREFACE);
                server.send(8, 0, new byte[] {0x40, 0, 0, 0});
                server.send(4, 0, new byte[] {0, 4, 0x7f, -1, -1, -1});
                Thread caller = Thread.startVirtualThread(() -> connection.stream("/a/b", new byte[REQUEST], b -> {
                }));
                server.awaitHeaders();
                // nobody reads the request, so the queue to us fills up, while our answer uses its window
                for (int sent = 0; sent <= UPDATE_AFTER; sent += FRAME) {
                    server.send(0, 1, new byte[FRAME]);
                }
                long owed = server.credit(UPDATE_AFTER);
                assertThat(owed).isGreaterThanOrEqualTo(UPDATE_AFTER);
                caller.interrupt();
            }
        }
    }

    /// Frames by hand.
    private static final class Server {
        private final DataInputStream in;
        private final DataOutputStream out;

        Server(Socket socket) throws IOException {
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(socket.getOutputStream());
        }

        void send(int type, int stream, byte[] payload) throws IOException {
            out.writeByte(payload.length >>> 16);
            out.writeShort(payload.length);
            out.writeByte(type);
            out.writeByte(0);
            out.writeInt(stream);
            out.write(payload);
            out.flush();
        }

        void awaitHeaders() throws IOException {
            int type = -1;
            while (type != 1) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                type = in.readUnsignedByte();
                in.skipNBytes(5L + length);
            }
        }

        /// Reads the whole request, then sends single bytes until so much has been given back for stream 1.
        long credit(long wanted) throws IOException {
            long left = REQUEST + 5;
            long given = 0;
            while (given < wanted) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                in.readUnsignedByte();
                int stream = in.readInt();
                if (type == 8 && stream == 1) {
                    given += in.readInt();
                } else {
                    in.skipNBytes(length);
                }
                left -= type == 0 ? length : 0;
                if (left == 0 && type == 0) {
                    send(0, 1, new byte[1]);
                }
            }
            return given;
        }
    }
}
