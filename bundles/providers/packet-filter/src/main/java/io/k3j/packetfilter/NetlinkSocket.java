package io.k3j.packetfilter;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/// A socket to nftables in the kernel (man page netlink(7)) that takes one kind of message only: the number of the
/// ruleset's generation, which the kernel counts up with each transaction. All others are dropped by a filter in the
/// kernel, so that a transaction of any size is one message here.
///
/// **Threads.** One receives, any sends and closes. Calls block in the kernel, where a virtual thread would hold its
/// carrier.
final class NetlinkSocket implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final int NETLINK = 16;
    private static final int RAW_CLOEXEC = 3 | 02000000;
    private static final int NETFILTER = 12;
    private static final int SOL_SOCKET = 1;
    private static final int ATTACH_FILTER = 26;
    private static final int RECEIVE_TIMEOUT = 20;
    private static final int SOL_NETLINK = 270;
    private static final int ADD_MEMBERSHIP = 1;
    private static final int GROUP_NFTABLES = 7;
    /// `NFNL_SUBSYS_NFTABLES` and `NFT_MSG_NEWGEN`, `NFT_MSG_GETGEN`.
    private static final short NEW_GENERATION = 10 << 8 | 15;
    private static final short GET_GENERATION = 10 << 8 | 16;
    private static final int HEADERS = 20;
    private static final int DONT_WAIT = 0x40;
    private static final int BUFFER = 8192;
    private static final String ERRNO = "errno";
    private static final int INTERRUPTED = 4;
    private static final int NOTHING_YET = 11;
    private static final int OVERFLOW = 105;
    private final StructLayout state = Linker.Option.captureStateLayout();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment buffer = arena.allocate(BUFFER, 8);
    private final MethodHandle setOption = function("setsockopt", INT, INT, INT, ValueLayout.ADDRESS, INT);
    private final MethodHandle send = function("send", INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, INT);
    private final MethodHandle receive = function("recv", INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, INT);
    private final int number;

    /// Opens it; hears nothing that was not asked for.
    ///
    /// @throws IOException when the kernel refuses
    NetlinkSocket() throws IOException {
        number = (int) call("socket", function("socket", INT, INT, INT), NETLINK, RAW_CLOEXEC, NETFILTER);
        // family; the kernel chooses the address
        MemorySegment address = arena.allocate(12, 4);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) NETLINK);
        call("bind", function("bind", INT, ValueLayout.ADDRESS, INT), number, address, 12);
        takeGenerationsOnly();
    }

    /// Four instructions of BPF: load the type, compare it, take all of it, take nothing.
    private void takeGenerationsOnly() throws IOException {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        int type = Short.toUnsignedInt(little ? Short.reverseBytes(NEW_GENERATION) : NEW_GENERATION);
        ByteBuffer code = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
        code.putShort((short) 0x28).putShort((short) 0).putInt(4);
        code.putShort((short) 0x15).put((byte) 0).put((byte) 1).putInt(type);
        code.putShort((short) 0x06).putShort((short) 0).putInt(-1);
        code.putShort((short) 0x06).putShort((short) 0).putInt(0);
        MemorySegment program = arena.allocate(16, 8);
        program.set(ValueLayout.JAVA_SHORT, 0, (short) 4);
        MemorySegment instructions = arena.allocate(32, 8).copyFrom(MemorySegment.ofArray(code.array()));
        program.set(ValueLayout.ADDRESS, 8, instructions);
        option(SOL_SOCKET, ATTACH_FILTER, program);
    }

    /// From now on hears of every transaction on this machine's ruleset.
    NetlinkSocket joined() throws IOException {
        MemorySegment group = arena.allocate(INT);
        group.set(INT, 0, GROUP_NFTABLES);
        option(SOL_NETLINK, ADD_MEMBERSHIP, group);
        return this;
    }

    /// From now on [#receive] waits so long at most.
    NetlinkSocket patient(long seconds) throws IOException {
        MemorySegment time = arena.allocate(16, 8);
        time.set(ValueLayout.JAVA_LONG, 0, seconds);
        option(SOL_SOCKET, RECEIVE_TIMEOUT, time);
        return this;
    }

    private void option(int level, int option, MemorySegment value) throws IOException {
        call("setsockopt", setOption, number, level, option, value, (int) value.byteSize());
    }

    /// Asks for the generation; [#receive] gets the answer.
    void ask() throws IOException {
        ByteBuffer message = ByteBuffer.allocate(HEADERS).order(ByteOrder.nativeOrder());
        // length, type, a request, no number, to the kernel; then any family of netfilter's
        message.putInt(HEADERS).putShort(GET_GENERATION).putShort((short) 1);
        try (Arena once = Arena.ofConfined()) {
            MemorySegment text = once.allocate(HEADERS, 4).copyFrom(MemorySegment.ofArray(message.array()));
            call("send", send, number, text, (long) HEADERS, 0);
        }
    }

    /// The generation that the next message tells; empty when there is none (yet) or some were lost.
    ///
    /// @param wait whether to wait for one
    /// @param lost called when messages were lost because nobody took them in time
    OptionalInt receive(boolean wait, Runnable lost) throws IOException {
        try (Arena once = Arena.ofConfined()) {
            MemorySegment why = once.allocate(state);
            long length = (long) receive.invokeWithArguments(why, number, buffer, (long) BUFFER, wait ? 0 : DONT_WAIT);
            if (length >= 0) {
                return generation(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
            }
            int error = error(why);
            if (error == OVERFLOW) {
                lost.run();
            } else if (error != NOTHING_YET && error != INTERRUPTED) {
                throw new IOException("netlink recv: error " + error);
            }
            return OptionalInt.empty();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// The attribute `NFTA_GEN_ID` of a message: the first one, as the kernel writes it.
    static OptionalInt generation(byte[] message) {
        int attribute = HEADERS;
        if (message.length < attribute + 8) {
            return OptionalInt.empty();
        }
        ByteBuffer text = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        boolean id = text.getShort(attribute + 2) == 1;
        return id ? OptionalInt.of(text.order(ByteOrder.BIG_ENDIAN).getInt(attribute + 4)) : OptionalInt.empty();
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, MemoryLayout... parameters) {
        boolean counts = name.equals("send") || name.equals("recv");
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(),
                FunctionDescriptor.of(counts ? ValueLayout.JAVA_LONG : INT, parameters),
                Linker.Option.captureCallState(ERRNO));
    }

    private long call(String name, MethodHandle function, Object... arguments) throws IOException {
        try (Arena once = Arena.ofConfined()) {
            MemorySegment why = once.allocate(state);
            Object[] all = new Object[arguments.length + 1];
            all[0] = why;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            long result = ((Number) function.invokeWithArguments(all)).longValue();
            if (result < 0) {
                throw new IOException("netlink " + name + ": error " + error(why));
            }
            return result;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private int error(MemorySegment why) {
        return (int) state.varHandle(MemoryLayout.PathElement.groupElement(ERRNO)).get(why, 0L);
    }

    /// Does not wake a thread that receives; [#ask] does, so it comes first.
    @Override
    public void close() throws IOException {
        call("close", function("close", INT), number);
    }
}
