package io.k3j.launcher;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the merged jar holds, written when the distribution is made and read with each start: the
/// manifest and the resources of every base bundle, so that starting opens no jar but one.
///
/// @param digest over the contents of all jars: another digest, another framework cache
/// @param systemPackages what the system bundle exports: the framework's packages, the JDK's, and those of
///        jars on the class path that are no bundles
/// @param bundles in installation order
public record BundleIndex(String digest, String systemPackages, List<Entry> bundles) {
    private static final int MAGIC = 0x6b336a03;

    /// One bundle.
    ///
    /// @param symbolicName its location is `connect:` and this name
    /// @param provider whether it is one of ours that exports nothing: those start only when wanted
    /// @param apart whether its jar lies beside the class path; its resources are not listed then
    /// @param headers the manifest
    /// @param packages its Java packages, dotted
    /// @param resources its entries that are no classes; null bytes: to be read from the class path
    public record Entry(String symbolicName, boolean provider, boolean apart, Map<String, String> headers,
            List<String> packages, Map<String, byte[]> resources) {
        /// Which jars beside the class path share a class loader with it: the value of `K3j-Apart`, `true` for those
        /// that name none.
        String group() {
            return headers.getOrDefault("K3j-Apart", "true");
        }

        /// The location the framework knows it by.
        public String location() {
            return "connect:" + symbolicName;
        }
    }

    /// Writes the index; closes nothing.
    public void write(OutputStream to) throws IOException {
        DataOutputStream out = new DataOutputStream(to);
        out.writeInt(MAGIC);
        text(out, digest);
        text(out, systemPackages);
        out.writeInt(bundles.size());
        for (Entry bundle : bundles) {
            write(out, bundle);
        }
        out.flush();
    }

    private static void write(DataOutputStream out, Entry bundle) throws IOException {
        text(out, bundle.symbolicName);
        out.writeBoolean(bundle.provider);
        out.writeBoolean(bundle.apart);
        out.writeInt(bundle.headers.size());
        for (Map.Entry<String, String> header : bundle.headers.entrySet()) {
            text(out, header.getKey());
            text(out, header.getValue());
        }
        out.writeInt(bundle.packages.size());
        for (String name : bundle.packages) {
            text(out, name);
        }
        out.writeInt(bundle.resources.size());
        for (Map.Entry<String, byte[]> resource : bundle.resources.entrySet()) {
            text(out, resource.getKey());
            byte[] inline = resource.getValue();
            out.writeInt(inline == null ? -1 : inline.length);
            if (inline != null) {
                out.write(inline);
            }
        }
    }

    /// Reads what [#write] wrote, in one go: with each start it is read before anything is compiled.
    /// @throws IOException also when it is of another format
    public static BundleIndex read(InputStream from) throws IOException {
        try {
            return read(ByteBuffer.wrap(from.readAllBytes()));
        } catch (BufferUnderflowException e) {
            throw new IOException("damaged index: it ends early", e);
        }
    }

    private static BundleIndex read(ByteBuffer in) throws IOException {
        if (in.getInt() != MAGIC) {
            throw new IOException("not an index of this version");
        }
        String digest = text(in);
        String systemPackages = text(in);
        int count = in.getInt();
        List<Entry> bundles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bundles.add(entry(in));
        }
        return new BundleIndex(digest, systemPackages, bundles);
    }

    private static Entry entry(ByteBuffer in) throws IOException {
        String symbolicName = text(in);
        boolean provider = in.get() != 0;
        boolean apart = in.get() != 0;
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = in.getInt(); i > 0; i--) {
            headers.put(text(in), text(in));
        }
        List<String> packages = new ArrayList<>();
        for (int i = in.getInt(); i > 0; i--) {
            packages.add(text(in));
        }
        Map<String, byte[]> resources = new LinkedHashMap<>();
        for (int i = in.getInt(); i > 0; i--) {
            String name = text(in);
            int length = in.getInt();
            resources.put(name, length < 0 ? null : bytes(in, length));
        }
        return new Entry(symbolicName, provider, apart, headers, packages, resources);
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(ByteBuffer in) throws IOException {
        return new String(bytes(in, in.getInt()), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer in, int length) throws IOException {
        if (length < 0 || length > in.remaining()) {
            throw new IOException("damaged index: " + length + " bytes, and " + in.remaining() + " are left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
