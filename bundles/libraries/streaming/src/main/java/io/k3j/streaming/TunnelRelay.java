package io.k3j.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/// The agent's work for one connection: connects to what the server has asked for, then passes bytes on in both
/// directions until both have ended. Blocks its thread, and has a second one for what the server sends.
record TunnelRelay(TunnelConnection connection, TunnelTarget target, String protocol, String address)
        implements
            Runnable {
    private static final int BUFFER = 32 * 1024;

    @Override
    public void run() {
        try (Socket there = target.connect(protocol, address)) {
            Thread out = Thread.ofVirtual().name("tunnel-out").start(() -> copyOut(there));
            InputStream from = there.getInputStream();
            byte[] buffer = new byte[BUFFER];
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                connection.output().write(buffer, 0, n);
            }
            // what the server has sent still goes out
            connection.finish();
            out.join();
        } catch (IOException failed) {
            connection.broken(String.valueOf(failed.getMessage()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            connection.close();
        }
    }

    private void copyOut(Socket there) {
        try (there) {
            connection.input().transferTo(there.getOutputStream());
        } catch (IOException failed) {
            connection.broken(String.valueOf(failed.getMessage()));
        }
    }
}
