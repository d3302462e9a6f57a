import { readFileSync } from 'node:fs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { Sallyport, type SallyportProps } from 'sallyport';

const props: SallyportProps = JSON.parse(readFileSync('props.json', 'utf8'));
const app = new App();
const stack = new Stack(app, props.name);
const own = new Bucket(stack, 'Own');
const door = new Sallyport(stack, 'Door', props);
own.node.addDependency(door);
const origin: string = door.origin;
if (origin === '') throw new Error('The construct says where it is reached.');
app.synth();
