package io.k3j.plugins;

import io.k3j.componentbase.ProcessExit;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.constantpool.ConstantDynamicEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.ConstantInstruction.LoadConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// Redirects what would end the process in the bytes of a class: calls of `System.exit`, `Runtime.exit` and
/// `Runtime.halt`, and method references to them, become those of [ProcessExit]. Whatever else the class holds stays
/// byte by byte. Pure.
///
/// Not seen is what no constant of the class names: reflection, native code.
final class ExitWeaver implements CodeTransform {
    /// Static methods of the names of those that end the process.
    private static final ClassDesc TARGET = ClassDesc.of(ProcessExit.class.getName());
    private static final ClassDesc RUNTIME = ClassDesc.of("java.lang.Runtime");
    /// What all of them have: a status, and no answer.
    private static final MethodTypeDesc STATUS = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    /// The same with what an instance method is called on.
    private static final MethodTypeDesc RUNTIME_STATUS = MethodTypeDesc.of(ConstantDescs.CD_void, RUNTIME,
            ConstantDescs.CD_int);
    private static final List<Redirection> REDIRECTIONS = List.of(
            new Redirection(ClassDesc.of("java.lang.System"), "exit", STATUS),
            new Redirection(RUNTIME, "exit", RUNTIME_STATUS), new Redirection(RUNTIME, "halt", RUNTIME_STATUS));
    /// The code as it was, whose frames are kept.
    private final CodeModel code;

    /// A method that ends the process.
    ///
    /// @param instead the type of the static method of the same name that takes its place
    private record Redirection(ClassDesc owner, String name, MethodTypeDesc instead) {
        boolean isOf(MemberRefEntry called) {
            return called.name().equalsString(name) && called.type().equalsString(STATUS.descriptorString())
                    && called.owner().asSymbol().equals(owner);
        }

        /// What takes its place, as a constant.
        DirectMethodHandleDesc handle() {
            return MethodHandleDesc.ofMethod(DirectMethodHandleDesc.Kind.STATIC, TARGET, name, instead);
        }
    }

    private ExitWeaver(CodeModel code) {
        this.code = code;
    }

    /// A class that calls none of them is returned as it is, the same array.
    ///
    /// @param bytes a class file, which is not changed
    /// @return the class file that is to be defined
    /// @throws IllegalArgumentException when it cannot be read, or names one of them where it cannot be redirected
    static byte[] woven(byte[] bytes) {
        // a call takes as many bytes as the one it replaces and leaves the same on the stack: frames stay as they are
        ClassFile files = ClassFile.of(ClassFile.StackMapsOption.DROP_STACK_MAPS,
                ClassFile.DeadCodeOption.KEEP_DEAD_CODE);
        ClassModel model = files.parse(bytes);
        if (StreamSupport.stream(model.constantPool().spliterator(), false).noneMatch(ExitWeaver::names)) {
            return bytes;
        }
        refuseHidden(model);
        return files.transformClass(model, (whole, element) -> {
            if (element instanceof MethodModel method
                    && method.code().map(ExitWeaver::ends).orElse(false)) {
                whole.transformMethod(method, body());
            } else {
                whole.with(element);
            }
        });
    }

    /// Of a method only its code is made anew.
    private static MethodTransform body() {
        return (method, element) -> {
            if (element instanceof CodeModel code) {
                method.transformCode(code, new ExitWeaver(code));
            } else {
                method.with(element);
            }
        };
    }

    /// Cheap, and enough for nearly every class: what is called or referred to is a constant of it.
    private static boolean names(PoolEntry entry) {
        return entry instanceof MemberRefEntry called && redirection(called).isPresent();
    }

    private static Optional<Redirection> redirection(MemberRefEntry called) {
        return REDIRECTIONS.stream().filter(one -> one.isOf(called)).findFirst();
    }

    /// In a constant that is computed nobody would see it.
    private static void refuseHidden(ClassModel model) {
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof ConstantDynamicEntry dynamic && dynamic.bootstrap().arguments().stream().anyMatch(
                    one -> one instanceof MethodHandleEntry handle && redirection(handle.reference()).isPresent())) {
                throw new IllegalArgumentException("it names a method that ends the process in a dynamic constant");
            }
        }
    }

    /// Whether code has a call, or a reference, that is to be redirected. A constant that no code uses stays.
    private static boolean ends(CodeModel code) {
        return code.elementStream().anyMatch(element -> switch (element) {
            case InvokeInstruction call -> redirection(call.method()).isPresent();
            case InvokeDynamicInstruction site -> site.bootstrapArgs().stream().anyMatch(one -> instead(one) != one);
            case LoadConstantInstruction load -> instead(load.constantValue()) != load.constantValue();
            default -> false;
        });
    }

    /// The constant that takes the place of another one; the same when it is none of those.
    private static ConstantDesc instead(ConstantDesc constant) {
        if (constant instanceof DirectMethodHandleDesc handle) {
            for (Redirection one : REDIRECTIONS) {
                if (handle.owner().equals(one.owner) && handle.methodName().equals(one.name)
                        && handle.lookupDescriptor().equals(STATUS.descriptorString())) {
                    return one.handle();
                }
            }
        }
        return constant;
    }

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
        switch (element) {
            case InvokeInstruction call when redirection(call.method()).isPresent() -> {
                DirectMethodHandleDesc target = redirection(call.method()).orElseThrow().handle();
                builder.invokestatic(target.owner(), target.methodName(), target.invocationType());
            }
            case InvokeDynamicInstruction site -> builder.invokedynamic(DynamicCallSiteDesc.of(site.bootstrapMethod(),
                    site.name().stringValue(), site.typeSymbol(),
                    site.bootstrapArgs().stream().map(ExitWeaver::instead).toArray(ConstantDesc[]::new)));
            case LoadConstantInstruction load when instead(load.constantValue()) instanceof DirectMethodHandleDesc to ->
                builder.loadConstant(to);
            default -> builder.with(element);
        }
    }

    @Override
    public void atEnd(CodeBuilder builder) {
        code.findAttribute(Attributes.stackMapTable()).ifPresent(builder);
    }
}
