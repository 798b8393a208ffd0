package io.k3j.signedjars;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/// Looks whether a signature block (CMS, RFC 5652) signs the signature file beside it, as `jarsigner` makes it.
///
/// The format allows a block that holds the signed bytes itself, and the JDK then takes those: whoever changes a jar
/// could move what was signed there, and put a signature file of their own beside it. Walks the outermost DER elements
/// only, of definite lengths:
///
/// ```
/// SEQUENCE { OID, [0] { SEQUENCE { version, SET digests, SEQUENCE { OID, content? }, … } } }
/// ```
final class SignatureBlock {
    private static final int SEQUENCE = 0x30;
    private static final int CONTENT = 0xa0;
    private static final int IDENTIFIER = 0x06;
    private static final int INTEGER = 0x02;
    private static final int SET = 0x31;
    private static final int LONG_LENGTH = 0x80;
    private static final int MOST_LENGTH_BYTES = 4;
    private static final int BYTE = 0xff;

    private SignatureBlock() {
    }

    /// Whether it holds nothing that it signs; false for what is no block.
    static boolean isDetached(byte[] block) {
        try {
            ByteBuffer outer = element(ByteBuffer.wrap(block), SEQUENCE);
            element(outer, IDENTIFIER);
            ByteBuffer signedData = element(element(outer, CONTENT), SEQUENCE);
            element(signedData, INTEGER);
            element(signedData, SET);
            ByteBuffer content = element(signedData, SEQUENCE);
            element(content, IDENTIFIER);
            return !content.hasRemaining();
        } catch (IllegalArgumentException | BufferUnderflowException | IndexOutOfBoundsException e) {
            System.getLogger("io.k3j.signedjars").log(System.Logger.Level.DEBUG, "Not a signature block", e);
            return false;
        }
    }

    /// The content of the next element, which is passed.
    private static ByteBuffer element(ByteBuffer in, int tag) {
        int found = in.get() & BYTE;
        if (found != tag) {
            throw new IllegalArgumentException("tag " + found + " in the place of " + tag);
        }
        int length = length(in);
        ByteBuffer content = in.slice(in.position(), length);
        in.position(in.position() + length);
        return content;
    }

    private static int length(ByteBuffer in) {
        int first = in.get() & BYTE;
        if (first < LONG_LENGTH) {
            return first;
        }
        int bytes = first - LONG_LENGTH;
        if (bytes == 0 || bytes > MOST_LENGTH_BYTES) {
            throw new IllegalArgumentException("a length of " + bytes + " bytes");
        }
        int length = 0;
        for (int i = 0; i < bytes; i++) {
            length = length << Byte.SIZE | in.get() & BYTE;
        }
        return length;
    }
}
