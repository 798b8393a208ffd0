package io.k3j.testkitprocess;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the console answered.
///
/// @param code the exit code
/// @param lines output and errors in order, without their marks
public record ConsoleAnswer(int code, List<String> lines) {
    /// Sends one command and reads to the end.
    /// @throws IOException when nobody listens, or the answer breaks off
    public static ConsoleAnswer of(Path socket, String... words) throws IOException {
        List<String> lines = new ArrayList<>();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap((String.join("\t", words) + "\n").getBytes(StandardCharsets.UTF_8)));
            BufferedReader reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("=")) {
                    return new ConsoleAnswer(Integer.parseInt(line.substring(1)), lines);
                }
                lines.add(line.substring(1));
            }
        }
        throw new IOException("answer broke off after " + lines);
    }
}
