package io.k3j.testkitsigning;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;

/// What becomes of a jar in the hands of whoever wants to slip something in.
public final class ChangedJar {
    /// How long an entry of a jar's directory is before its name, and where in it the size is.
    private static final int CENTRAL_HEADER = 46;
    private static final int CENTRAL_SIZE = 24;

    private ChangedJar() {
    }

    /// Writes a jar with these entries, in their order.
    public static Path write(Path jar, Map<String, String> entries) throws IOException {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        entries.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
        return writeBytes(jar, bytes);
    }

    private static Path writeBytes(Path jar, Map<String, byte[]> entries) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar); ZipOutputStream out = new ZipOutputStream(file)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        }
        return jar;
    }

    /// Changes entries of a jar: their names lead to what they hold.
    public static Path change(Path jar, Consumer<Map<String, byte[]>> change) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                try (InputStream in = zip.getInputStream(entry)) {
                    entries.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        change.accept(entries);
        return writeBytes(jar, entries);
    }

    /// Puts a text into a jar, in the place of what has its name.
    public static Path put(Path jar, String name, String text) throws IOException {
        return change(jar, entries -> entries.put(name, text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Replaces a text in an entry.
    public static Path replace(Path jar, String name, String from, String to) throws IOException {
        return change(jar, entries -> entries.computeIfPresent(name,
                (_, content) -> new String(content, StandardCharsets.UTF_8).replace(from, to)
                        .getBytes(StandardCharsets.UTF_8)));
    }

    /// Gives one entry the name of another one, of the same length.
    public static Path twice(Path jar, String name, String other) throws IOException {
        String bytes = new String(Files.readAllBytes(jar), StandardCharsets.ISO_8859_1);
        return Files.write(jar, bytes.replace(other, name).getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Has the directory of a jar say that an entry is of another size than it is.
    public static Path claim(Path jar, String name, int size) throws IOException {
        byte[] bytes = Files.readAllBytes(jar);
        int place = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf(name) - CENTRAL_HEADER + CENTRAL_SIZE;
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(place, size);
        return Files.write(jar, bytes);
    }

    /// Moves the signature file into its block, which goes on to be a valid signature of it.
    public static Path attach(Path jar, String signatureFile, String block) throws IOException {
        return change(jar, entries -> entries.computeIfPresent(block, (_, content) -> attached(content,
                entries.getOrDefault(signatureFile, new byte[0]))));
    }

    private static byte[] attached(byte[] block, byte[] content) {
        SignedData before = SignedData.getInstance(ContentInfo.getInstance(block).getContent());
        SignedData after = new SignedData(before.getDigestAlgorithms(),
                new ContentInfo(CMSObjectIdentifiers.data, new DEROctetString(content)), before.getCertificates(),
                before.getCRLs(), before.getSignerInfos());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            bytes.write(new ContentInfo(CMSObjectIdentifiers.signedData, after).getEncoded(ASN1Encoding.DER));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }
}
