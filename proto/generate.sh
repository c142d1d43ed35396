#!/bin/sh
# Generates Sources/VaultAPI/Generated from the .proto files beside this script.
# Needs protoc (Debian: protobuf-compiler); builds protoc-gen-swift from the resolved swift-protobuf.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
scratch=${PROTOGEN_SCRATCH:-$root/.build/protogen}

swift package resolve
swift build -c release --package-path .build/checkouts/swift-protobuf --scratch-path "$scratch" \
    --product protoc-gen-swift

out=Sources/VaultAPI/Generated
rm -rf "$out"
mkdir -p "$out"
files=$(cd proto && find . -name '*.proto' | sed 's|^\./||' | LC_ALL=C sort)
protoc --proto_path=proto --plugin="$scratch/release/protoc-gen-swift" --swift_out="$out" \
    --swift_opt=Visibility=Public,UseAccessLevelOnImports=true,FileNaming=PathToUnderscores \
    $files

# The same files as descriptors, for the reflection service.
protoc --proto_path=proto --descriptor_set_out="$scratch/descriptors.bin" $files
{
    echo '/// The `.proto` files as a `google.protobuf.FileDescriptorSet`, in base64.'
    echo 'enum EncodedDescriptors {'
    echo '    static let text = """'
    base64 -w 92 "$scratch/descriptors.bin" | sed 's/^/        /'
    echo '        """'
    echo '}'
} > "$out/EncodedDescriptors.swift"
