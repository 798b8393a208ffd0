package io.k3j.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The program that holds a pod's namespaces: blocks INT, TERM and CHLD, waits for them, reaps children on
/// CHLD and exits on the others. Written as machine code, so that a build needs no compiler.
///
/// ```
///         rt_sigprocmask(SIG_BLOCK, mask, null, 8)
///   loop: s = rt_sigtimedwait(mask, null, null, 8)
///         if s == SIGCHLD goto reap
///         if s < 0 goto loop
///         exit_group(0)
///   reap: if wait4(-1, null, WNOHANG, null) > 0 goto reap
///         goto loop
///   mask: 1<<1 | 1<<14 | 1<<16
/// ```
final class PauseProgram {
    private static final long MASK = 1L << 1 | 1L << 14 | 1L << 16;
    private static final long BASE = 0x400000;
    private static final int HEADERS = 64 + 56;
    private static final int X86_64 = 62;
    private static final int AARCH64 = 183;
    private final ByteBuffer code = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

    private PauseProgram() {
    }

    /// A static executable.
    ///
    /// @param architecture in the words of OCI: `amd64` or `arm64`
    static byte[] executable(String architecture) {
        PauseProgram p = new PauseProgram();
        boolean intel = architecture.equals("amd64");
        if (intel) {
            p.x86();
        } else {
            p.arm();
        }
        byte[] text = new byte[p.code.flip().remaining()];
        p.code.get(text);
        return elf(intel ? X86_64 : AARCH64, text);
    }

    private static byte[] elf(int machine, byte[] text) {
        int size = HEADERS + text.length;
        ByteBuffer b = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        b.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        b.putShort((short) 2).putShort((short) machine).putInt(1);
        b.putLong(BASE + HEADERS).putLong(64).putLong(0).putInt(0);
        b.putShort((short) 64).putShort((short) 56).putShort((short) 1).putShort((short) 0).putInt(0);
        // one loadable segment, readable and executable
        b.putInt(1).putInt(5).putLong(0).putLong(BASE).putLong(BASE).putLong(size).putLong(size).putLong(0x10000);
        return b.put(text).array();
    }

    private void x86() {
        hex("488d35 50000000"); //  0 lea rsi,[rip+mask]
        hex("31ff 31d2"); //  7 how, old = 0
        hex("41ba08000000"); // 11 r10 = 8
        hex("b80e000000 0f05"); // 17 rt_sigprocmask
        hex("488d3d 38000000"); // 24 loop: lea rdi,[rip+mask]
        hex("31f6 31d2"); // 31
        hex("41ba08000000"); // 35
        hex("b880000000 0f05"); // 41 rt_sigtimedwait
        hex("83f811"); // 48 cmp eax,SIGCHLD
        hex("740d"); // 51 je reap
        hex("85c0 78df"); // 53 js loop
        hex("31ff b8e7000000 0f05"); // 57 exit_group(0)
        hex("bfffffffff 31f6"); // 66 reap: -1, null
        hex("ba01000000 4531d2"); // 73 WNOHANG, null
        hex("b83d000000 0f05"); // 81 wait4
        hex("85c0 7fe9"); // 88 jg reap
        hex("ebbc"); // 92 jmp loop... mask follows
        patch();
    }

    /// Distances are counted here rather than by hand: they are the only thing easily got wrong.
    private void patch() {
        int mask = code.position();
        code.putInt(3, mask - 7);
        code.putInt(27, mask - 31);
        code.put(52, (byte) (66 - 53));
        code.put(56, (byte) (24 - 57));
        code.put(91, (byte) (66 - 92));
        code.put(93, (byte) (24 - 94));
        code.putLong(MASK);
    }

    private void hex(String digits) {
        String d = digits.replace(" ", "");
        for (int i = 0; i < d.length(); i += 2) {
            code.put((byte) Integer.parseInt(d, i, i + 2, 16));
        }
    }

    private void arm() {
        int mask = 28 * 4;
        call(135, mask, 1); // rt_sigprocmask(0, mask, 0, 8)
        int loop = code.position();
        call(137, mask, 0); // rt_sigtimedwait(mask, 0, 0, 8)
        word(0x7100001f | 17 << 10); // cmp w0, SIGCHLD
        branch(0, loop + 13 * 4); // b.eq reap
        word(0x7100001f); // cmp w0, 0
        branch(11, loop); // b.lt loop
        word(0xd2800000); // x0 = 0
        word(0xd2800008 | 94 << 5); // exit_group
        word(0xd4000001);
        int reap = code.position();
        word(0x92800000); // x0 = -1
        word(0xd2800001);
        word(0xd2800002 | 1 << 5);
        word(0xd2800003);
        word(0xd2800008 | 260 << 5); // wait4
        word(0xd4000001);
        word(0x7100001f);
        branch(12, reap); // b.gt reap
        word(0x14000000 | (loop - code.position()) / 4 & 0x3ffffff);
        while (code.position() < mask) {
            word(0xd503201f);
        }
        code.putLong(MASK);
    }

    /// The two calls with the mask: it goes to register `at`, zero to the others, 8 to x3.
    private void call(int number, int mask, int at) {
        for (int r = 0; r < 3; r++) {
            if (r == at) {
                int off = mask - code.position();
                word(0x10000000 | (off & 3) << 29 | (off >> 2) << 5 | r);
            } else {
                word(0xd2800000 | r);
            }
        }
        word(0xd2800003 | 8 << 5);
        word(0xd2800008 | number << 5);
        word(0xd4000001);
    }

    private void branch(int condition, int target) {
        word(0x54000000 | ((target - code.position()) / 4 & 0x7ffff) << 5 | condition);
    }

    private void word(int instruction) {
        code.putInt(instruction);
    }
}
